import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { Principal } from "../rules/access.ts";
import { readBoundedPage } from "../rules/bounded-page.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo, refuse } from "../rules/decision-record.ts";
import {
  type ExplainedRight,
  explainedRights,
  explainRight,
  explainRights,
  isExplainedRight,
  knownSubject,
  type RightExplanation,
} from "../rules/explain.ts";
import { callWithPermits, closedNamespaces, withPermits } from "../rules/load-permits.ts";
import { createPageToken, pageSizeOf, readPageToken } from "../rules/page-token.ts";
import { type Permits, permitsOf } from "../rules/permits.ts";
import { requireAdmin } from "../rules/require-role.ts";
import { keyProblem, slugProblem } from "../rules/secret-key.ts";
import { nameFailure, requireWellFormed } from "../rules/selection.ts";
import { isFailure, loadByKeys, verifyLatest } from "../secrets/verified-secret.ts";
import type { StoredUser } from "../store/identity-rows.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { intactUsers, verified } from "./directory.ts";
import { loadPermits } from "./load-all-permits.ts";
import { verifyUser } from "./rows.ts";

export interface ExplainRequest {
  readonly key: string;
  /** Slug of the user to explain for; "" for the caller. */
  readonly principal: string;
  /** A right: lists every user who has it. "" explains the rights of one principal. */
  readonly whoCan: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface Holder {
  readonly slug: string;
  readonly explanation: RightExplanation;
}

export interface ExplainAnswer {
  /** "" when the request has `whoCan`. */
  readonly principal: string;
  readonly rights: readonly RightExplanation[];
  readonly holders: readonly Holder[];
  /** The names on the access list that gives the right in `whoCan`. */
  readonly listed: readonly string[];
  readonly nextPageToken: string;
}

const action = "secret.explain";

/**
 * Explains what a principal may do with a key and by which rule, or pages through the users who have one right on it.
 * Only admins may ask about others. To a caller who must not learn that a secret exists, it is explained like a missing
 * one.
 */
export async function explainAccess(context: Context, made: CallInfo, request: ExplainRequest): Promise<ExplainAnswer> {
  checkRequest(request);
  const call = await callWithPermits(context, made, [request.key]);
  if (request.whoCan !== "") return listHolders(context, call, request);
  const { caller } = call;
  const isOwn = request.principal === "" || request.principal === caller.slug;
  const principal = isOwn ? caller : await findPrincipal(context, call, request.principal, request.key);
  const stored = knownSubject(caller, request.key, await loadVerified(context, call, request.key));
  await record(context, call, request.key, isOwn ? "own-rights" : "admin", [principal.slug]);
  const rights = explainRights(principal, request.key, stored);
  return { principal: principal.slug, rights, holders: [], listed: [], nextPageToken: "" };
}

async function listHolders(context: Context, call: CallInfo, request: ExplainRequest): Promise<ExplainAnswer> {
  const { key, whoCan: right } = request;
  const { caller } = call;
  if (!isExplainedRight(right)) {
    const rule = `must be one of ${explainedRights.join(", ")}`;
    throw new SecretError(nameFailure("whoCan", 0, { rule }));
  }
  const size = pageSizeOf(request.pageSize, { standard: limits.pageDefault, max: limits.pageMax });
  await requireTenantAdmin(context, call);
  const binding = ["ExplainAccess", caller.tenant, caller.slug, key, right];
  const after = readPageToken(context.keyring, binding, request.pageToken);
  const stored = await loadVerified(context, call, key);
  if (right !== "create" && (stored === undefined || stored.removed)) {
    throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message: `there is no secret ${key}`, key }]);
  }
  const { rows, last } = await readBoundedPage<StoredUser>(
    size,
    ({ roles }) => roles,
    (row, limit) => context.store.listUsers(caller.tenant, row?.slug ?? after, limit),
  );
  await record(context, call, key, "admin", [`who-can=${right}`]);
  const permitsFor = right === "create" ? await loadPermitsFor(context, caller.tenant, key) : undefined;
  const holders = (await intactUsers(context, rows)).flatMap((user) => {
    return holderOf({ ...principalOf(user), ...permitsFor?.(user) }, user.removed, { key, stored, right });
  });
  return {
    principal: "",
    rights: [],
    holders,
    listed: stored === undefined || right === "create" ? [] : listedFor(stored, right, caller),
    nextPageToken: last === undefined ? "" : createPageToken(context.keyring, binding, last.slug),
  };
}

/** What each user may create by permits. */
async function loadPermitsFor(
  context: Context,
  tenant: string,
  key: string,
): Promise<(user: StoredUser) => { readonly permits: Permits }> {
  const { permits } = await loadPermits(context, tenant);
  const closed = await closedNamespaces(context, tenant, [key]);
  return ({ slug, roles }) => ({ permits: { held: permitsOf(permits, [slug, ...roles]), closed } });
}

interface Asked {
  readonly key: string;
  readonly stored: StoredSecret | undefined;
  readonly right: ExplainedRight;
}

function holderOf(principal: Principal, isRemoved: boolean, { key, stored, right }: Asked): Holder[] {
  if (isRemoved) return [];
  const explanation = explainRight(principal, key, stored, right);
  return explanation.allowed ? [{ slug: principal.slug, explanation }] : [];
}

function listedFor(secret: StoredSecret, right: ExplainedRight, caller: Principal): readonly string[] {
  const { list } = explainRight(caller, secret.key, secret, right);
  return list === undefined ? [] : secret.lists[list];
}

async function findPrincipal(context: Context, call: CallInfo, slug: string, key: string): Promise<Principal> {
  await requireTenantAdmin(context, call);
  const stored = await context.store.findUser(call.caller.tenant, slug);
  const user = stored && verified(slug, () => verifyUser(context.keyring, stored));
  if (user !== undefined && !user.removed) return withPermits(context, principalOf(user), [key]);
  const message = `there is no user ${slug}`;
  throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, key: slug, field: "principal" }]);
}

/** The user with all their rights, as if they called with a token that is not narrowed. */
function principalOf({ tenant, slug, roles, admin, operator }: StoredUser): Principal {
  return { tenant, slug, roles, admin, operator, grants: [] };
}

async function requireTenantAdmin(context: Context, call: CallInfo): Promise<void> {
  await requireAdmin(context, call, action, "ask about the access of others", "principal");
}

/** Loads a verified secret, because real calls also decide on verified secrets only. */
async function loadVerified(context: Context, call: CallInfo, key: string): Promise<StoredSecret | undefined> {
  const expected = context.lastChanges.expect(call.caller.tenant, [key], "read");
  const stored = (await loadByKeys(context, call.caller, [key])).get(key);
  const result = stored && (await verifyLatest(context, [stored], expected)).get(stored);
  if (result === undefined) return undefined;
  if (isFailure(result)) throw await refuse(context, call, action, [result]);
  return result.stored;
}

async function record(
  context: Context,
  call: CallInfo,
  key: string,
  rule: string,
  names: readonly string[],
): Promise<void> {
  const entry = { action, decision: "allowed", rule, key, names } as const;
  await context.accessLog.record([auditRecord(call, context.now(), entry)]);
}

function checkRequest({ key, principal, whoCan, pageSize, pageToken }: ExplainRequest): void {
  requireWellFormed("key", keyProblem(key));
  requireWellFormed("principal", principal === "" ? undefined : slugProblem(principal));
  if (principal !== "" && whoCan !== "") {
    const message = "principal and whoCan must not both be set";
    throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field: "whoCan" });
  }
  if (whoCan === "" && (pageSize !== 0 || pageToken !== "")) {
    const message = "pageSize and pageToken go with whoCan only";
    throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field: pageSize === 0 ? "pageToken" : "pageSize" });
  }
}
