import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { type AuditEntry, refuse } from "../rules/decision-record.ts";
import { checkGrants, type GrantInput, grantTexts } from "../rules/grants.ts";
import { quotaFailure } from "../rules/quota.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import { createTokenId, createTokenSecret, hashToken } from "../rules/token.ts";
import { wholeTenant } from "../store/usage.ts";
import { changeIdentities, type IdentityContext } from "./directory.ts";
import { requireLiveUser, userOf } from "./named-user.ts";
import type { TokenFields } from "./rows.ts";

export interface CreateTokenRequest {
  /** "" for the caller. */
  readonly slug: string;
  /** Undefined for 90 days, or for the rest of the life of the caller's token when that is shorter. */
  readonly ttlMs: number | undefined;
  readonly description: string;
  readonly tenant: string;
  /** What the token is narrowed to; empty for everything that its user may do. */
  readonly grants: readonly GrantInput[];
}

const action = "token.create";

/** Creates a token. Its secret is in the answer and nowhere else. A narrowed token must not create tokens. */
export async function createToken(
  context: IdentityContext,
  call: IdentityCall,
  request: CreateTokenRequest,
): Promise<{ readonly secret: string; readonly token: TokenFields }> {
  checkRequest(request);
  const grants = grantTexts(checkGrants(request.grants, "grants"));
  const { caller } = call;
  const { tenant, slug, isOwn } = await userOf(context, call, action, request);
  const expireAtMs = await expiryOf(context, call, request.ttlMs);
  const secret = createTokenSecret();
  return changeIdentities(context, call, tenant, async () => {
    await requireLiveUser(context, call, action, { tenant, slug, what: "create a token for" });
    await requireTokenQuota(context, call, action, tenant, slug);
    const droppedTokens = await surplusTokens(context, tenant, slug);
    const token: TokenFields = {
      tenant,
      id: createTokenId(),
      slug,
      hash: hashToken(secret),
      description: request.description,
      grants,
      createdAtMs: context.now(),
      createdBy: caller.slug,
      expireAtMs,
      revokedAtMs: 0,
    };
    const rule = isOwn ? "own-token" : "admin";
    const audit: AuditEntry[] = [{ action, decision: "allowed", rule, key: token.id, names: [slug] }];
    audit.push(...dropRecords(droppedTokens));
    return { users: [], tokens: [token], droppedTokens, audit, result: { secret, token } };
  });
}

/**
 * Throws QUOTA_EXCEEDED when a user, or their tenant, has as many tokens and sessions as they may. Exact on every store
 * and with any number of processes: the commit fails when another one has changed the tokens.
 */
export async function requireTokenQuota(
  context: IdentityContext,
  call: IdentityCall,
  action: string,
  tenant: string,
  slug: string,
): Promise<void> {
  const { userTokens, tenantTokens } = await context.quotas.of(tenant);
  const scopes = [
    { slug, of: slug, limit: userTokens },
    { slug: wholeTenant, of: undefined, limit: tenantTokens },
  ];
  for (const scope of scopes) {
    const actual = (await context.store.countLiveTokens(tenant, scope.of, context.now())) + 1;
    if (actual <= scope.limit) continue;
    const failure = quotaFailure({ slug: scope.slug, resource: "tokens", limit: scope.limit, actual, field: "slug" });
    throw await refuse(context, call, action, [failure]);
  }
}

/** Ended tokens and sessions that are deleted now, so that making and ending them fills nothing. */
export async function surplusTokens(
  context: IdentityContext,
  tenant: string,
  slug: string,
): Promise<readonly string[]> {
  const options = { nowMs: context.now(), keep: limits.endedTokens, limit: limits.droppedTokens };
  return context.store.listSurplusTokens(tenant, slug, options);
}

/** The record of tokens that were deleted because they had ended. */
export function dropRecords(ids: readonly string[]): readonly AuditEntry[] {
  if (ids.length === 0) return [];
  return [{ action: "token.drop", decision: "allowed", rule: "ended", count: ids.length, names: ids }];
}

function checkRequest({ slug, ttlMs, description }: CreateTokenRequest): void {
  requireWellFormed("slug", slug === "" ? undefined : slugProblem(slug));
  if (ttlMs !== undefined && (ttlMs < 1000 || ttlMs > limits.tokenMaxMs)) {
    const days = limits.tokenMaxMs / (24 * 3600 * 1000);
    const message = `ttl must be between 1 second and ${days} days`;
    throw new SecretError({ reason: "INVALID_FIELD", message, field: "ttl" });
  }
  checkDescription(description, "description");
}

/** Throws INVALID_FIELD and LIMIT_EXCEEDED for the description of a token in a field of a request. */
export function checkDescription(description: string, field: string): void {
  const bytes = Buffer.byteLength(description);
  if (bytes > limits.descriptionBytes) {
    const message = `${field} must be at most ${limits.descriptionBytes} bytes`;
    throw new SecretError({
      reason: "LIMIT_EXCEEDED",
      message,
      field,
      limit: limits.descriptionBytes,
      actual: bytes,
    });
  }
  if (description.isWellFormed()) return;
  throw new SecretError({ reason: "INVALID_FIELD", message: `${field} must be well-formed Unicode`, field });
}

/** A token never outlives the token that created it. */
async function expiryOf(context: IdentityContext, call: IdentityCall, ttlMs: number | undefined): Promise<number> {
  const end = call.caller.tokenExpireAtMs;
  const wanted = context.now() + (ttlMs ?? limits.tokenDefaultMs);
  if (end === 0 || wanted <= end) return wanted;
  if (ttlMs === undefined) return end;
  const message = `ttl must not outlast the token that you use, which expires at ${new Date(end).toISOString()}`;
  throw await refuse(context, call, action, [{ reason: "INVALID_FIELD", message, field: "ttl" }]);
}
