import { SecretError } from "../error.ts";
import { createPauses } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { isIssued } from "../rules/caller.ts";
import { auditRecord, refuse } from "../rules/decision-record.ts";
import { createPageToken, pageSizeOf, readPageToken } from "../rules/page-token.ts";
import { requireAdmin, requireWholeToken } from "../rules/require-role.ts";
import type { StoredUser } from "../store/identity-rows.ts";
import { compareBytes } from "../text/byte-order.ts";
import { type IdentityContext, loadUsers } from "./directory.ts";

/** A name that access lists may contain. */
export interface ListedName {
  readonly name: string;
  readonly kind: "user" | "role";
  /** Of a role: those of its users whom the caller may see in it, sorted. */
  readonly members: readonly string[];
  readonly isAdmin: boolean;
}

const action = "user.names";

/**
 * Pages through the names of users and roles of the caller's tenant, for writing access lists. Admins also see which
 * users are admins, and which have a role. Others see that of themselves.
 */
export async function listNames(
  context: IdentityContext,
  call: IdentityCall,
  request: { readonly prefix: string; readonly pageSize: number; readonly pageToken: string },
): Promise<{ readonly names: readonly ListedName[]; readonly nextPageToken: string }> {
  const { prefix } = request;
  const { caller } = call;
  const size = pageSizeOf(request.pageSize, { standard: limits.pageDefault, max: limits.pageMax });
  checkPrefix(prefix);
  await requireReader(context, call);
  const binding = ["ListNames", caller.tenant, caller.slug, prefix];
  const after = readPageToken(context.keyring, binding, request.pageToken);
  const all = await namesOf(await loadUsers(context, caller.tenant).then(({ users }) => users.values()));
  const isAfter = (name: string) => name.startsWith(prefix) && compareBytes(name, after) > 0;
  const wanted = [...all.values()].filter(({ name }) => isAfter(name));
  const page = wanted.sort((a, b) => compareBytes(a.name, b.name)).slice(0, size);
  const entry = {
    action,
    decision: "allowed",
    rule: caller.admin ? "admin" : "directory",
    count: page.length,
  } as const;
  await context.accessLog.record([auditRecord(call, context.now(), { ...entry, filter: filterOf(prefix) })]);
  const last = wanted.length > size ? page.at(-1) : undefined;
  return {
    names: caller.admin ? page : page.map((name) => ownPartOf(name, caller.slug)),
    nextPageToken: last === undefined ? "" : createPageToken(context.keyring, binding, last.name),
  };
}

async function requireReader(context: IdentityContext, call: IdentityCall): Promise<void> {
  await requireWholeToken(context, call, action);
  if (call.caller.admin) return;
  if (isIssued(call.caller)) {
    const message = "names are listed for users of the service, not for principals of a token issuer";
    throw await refuse(context, call, action, [{ reason: "ADMIN_ONLY", message }]);
  }
  if (context.directory === "everyone") return;
  await requireAdmin(context, call, action, "list names: SECRET_SVC_DIRECTORY is 'admins'");
}

/** Users and roles share one set of names. */
async function namesOf(users: Iterable<StoredUser>): Promise<ReadonlyMap<string, ListedName>> {
  const names = new Map<string, ListedName>();
  const members = new Map<string, string[]>();
  const pause = createPauses();
  for (const { slug, roles, admin, removed } of users) {
    await pause();
    if (removed) continue;
    names.set(slug, { name: slug, kind: "user", members: [], isAdmin: admin });
    for (const role of roles) members.set(role, [...(members.get(role) ?? []), slug]);
  }
  for (const [name, slugs] of members) {
    names.set(name, {
      name,
      kind: "role",
      members: slugs.sort(compareBytes).slice(0, limits.roleMembers),
      isAdmin: false,
    });
  }
  return names;
}

function ownPartOf({ name, kind, members, isAdmin }: ListedName, slug: string): ListedName {
  return { name, kind, members: members.filter((member) => member === slug), isAdmin: isAdmin && name === slug };
}

function checkPrefix(prefix: string): void {
  const field = "prefix";
  if (prefix.length > limits.slugBytes) {
    const sizes = { limit: limits.slugBytes, actual: Buffer.byteLength(prefix) };
    const message = `${field} must be at most ${limits.slugBytes} bytes`;
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, ...sizes });
  }
  if (prefix === "" || namePrefixForm.test(prefix)) return;
  throw new SecretError({ reason: "INVALID_FIELD", message: `${field} may only contain a-z 0-9 and '-'`, field });
}

/** The characters of slugs and roles. */
export const namePrefixForm = /^[a-z0-9-]+$/;

function filterOf(prefix: string): string {
  return prefix === "" ? "" : `prefix=${prefix}`;
}
