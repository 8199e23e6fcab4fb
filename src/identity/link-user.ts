import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { type AuditEntry, refuse } from "../rules/decision-record.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import type { Login } from "../store/identity-rows.ts";
import {
  changeIdentities,
  damagedRow,
  type IdentityContext,
  loadTokens,
  loadUsers,
  requireUserManager,
  tenantOf,
} from "./directory.ts";
import { isLive } from "./end-issued.ts";
import { refuseWithoutAdmin } from "./last-admin.ts";
import { liveSessionsFrom } from "./passkeys.ts";
import { endRecord } from "./revoke-token.ts";
import type { UserFields } from "./rows.ts";

export interface LinkUserRequest {
  readonly slug: string;
  /** Id of a login method; "" to undo the binding. */
  readonly method: string;
  /** What the provider calls the account; "" exactly when `method` is. */
  readonly subject: string;
  readonly tenant: string;
}

const action = "user.link";

/**
 * Binds a user to an account of a login provider, or undoes it. Sessions of the account that was bound before end,
 * since they are another person's now.
 */
export async function linkUser(
  context: IdentityContext,
  call: IdentityCall,
  request: LinkUserRequest,
): Promise<UserFields> {
  const { slug, method, subject } = request;
  requireWellFormed("slug", slugProblem(slug));
  requireSubject(request);
  const tenant = await tenantOf(context, call, action, request.tenant);
  await requireUserManager(context, call, action, tenant);
  const issuer = (context.providers ?? []).find(({ id }) => id === method)?.issuer;
  if (method !== "" && issuer === undefined) {
    const message = `there is no login method ${method}`;
    throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, field: "method" }]);
  }
  return changeIdentities(context, call, tenant, async () => {
    const { users, damaged } = await loadUsers(context, tenant, [slug]);
    const { kid: _kid, mac: _mac, ...user } = users.get(slug) ?? { removed: true, kid: "", mac: undefined };
    if (damaged.has(slug)) throw damagedRow(slug);
    if (!("slug" in user) || user.removed) {
      const message = `there is no user ${slug}`;
      throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, key: slug, field: "slug" }]);
    }
    if (user.operator && !call.caller.operator) {
      const message = `only an operator may change the operator ${slug}`;
      throw await refuse(context, call, action, [{ reason: "OPERATOR_ONLY", message, key: slug, field: "slug" }]);
    }
    const other = [...users.values()].find(({ login }) => login?.issuer === issuer && login?.subject === subject);
    if (issuer !== undefined && other !== undefined && other.slug !== slug) {
      const message = `this account is bound to ${other.slug}${other.removed ? ", who was removed" : ""}`;
      throw await refuse(context, call, action, [{ reason: "NAME_TAKEN", message, key: slug, field: "subject" }]);
    }
    const login = issuer === undefined ? undefined : loginOf(issuer, subject, user.login);
    const isSame = login?.issuer === user.login?.issuer && login?.subject === user.login?.subject;
    const names = [method === "" ? "none" : method];
    const entry = { action, decision: "allowed", rule: "admin", key: slug, names, isChange: !isSame } as const;
    if (isSame) return { users: [], tokens: [], audit: [entry], result: user };
    const { login: _login, passkeys, ...local } = user;
    const changed: UserFields = {
      ...local,
      // A user of a provider has no passkeys.
      ...(login === undefined ? { passkeys } : { login }),
      updatedAtMs: context.now(),
      updatedBy: call.caller.slug,
    };
    const after = new Map<string, UserFields>(users).set(slug, changed);
    await refuseWithoutAdmin(context, call, action, tenant, users, after);
    const { tokens, audit } = await endedSessions(context, tenant, slug, user);
    return { users: [changed], tokens, audit: [entry, ...audit], result: changed };
  });
}

/** The name of the person stays when the account does. */
function loginOf(issuer: string, subject: string, former: Login | undefined): Login {
  const isSame = former?.issuer === issuer && former.subject === subject;
  return { issuer, subject, displayName: isSame ? former.displayName : "" };
}

async function endedSessions(
  context: IdentityContext,
  tenant: string,
  slug: string,
  { login, passkeys }: Pick<UserFields, "login" | "passkeys">,
) {
  const audit: AuditEntry[] = [];
  if (login === undefined && passkeys === undefined) return { tokens: [], audit };
  const nowMs = context.now();
  const { tokens } = await loadTokens(context, tenant, slug);
  const ids = (passkeys?.keys ?? []).map(({ id }) => id);
  const ofPasskeys = await liveSessionsFrom(context, tenant, slug, ids);
  const ofIssuer = tokens.filter(
    (token) => login !== undefined && token.session?.issuer === login.issuer && isLive(token, nowMs),
  );
  const live = [...ofIssuer, ...ofPasskeys];
  audit.push(...live.map((token) => endRecord(token, "user-linked")));
  return { tokens: live.map((token) => ({ ...token, revokedAtMs: nowMs })), audit };
}

function requireSubject({ method, subject }: LinkUserRequest): void {
  if ((method === "") !== (subject === "")) {
    const message = "method and subject must both be given, or both be left out to undo the binding";
    throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field: "subject" });
  }
  if (method !== "") requireWellFormed("method", slugProblem(method));
  if (!/^[ -~]*$/.test(subject)) {
    const message = "subject must be printable ASCII, as OpenID Connect has it";
    throw new SecretError({ reason: "INVALID_FIELD", message, field: "subject" });
  }
  const bytes = Buffer.byteLength(subject);
  if (bytes > limits.subjectBytes) {
    const message = `subject must be at most ${limits.subjectBytes} bytes`;
    const sizes = { limit: limits.subjectBytes, actual: bytes };
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field: "subject", ...sizes });
  }
}
