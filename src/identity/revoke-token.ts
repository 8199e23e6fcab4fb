import { SecretError } from "../error.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { type AuditEntry, refuse } from "../rules/decision-record.ts";
import { isTokenId } from "../rules/token.ts";
import type { StoredToken } from "../store/identity-rows.ts";
import {
  changeIdentities,
  damagedRow,
  type IdentityContext,
  intactTokens,
  loadTokens,
  managesUsers,
  revokedForDamage,
  tenantOf,
} from "./directory.ts";
import type { TokenFields } from "./rows.ts";

const action = "token.revoke";

/**
 * Revokes a token: the caller's own or, for an admin, that of any user. The sessions that were made from it end with
 * it. Revoking it again changes nothing. A row that does not verify is replaced by one of a revoked token.
 */
export async function revokeToken(
  context: IdentityContext,
  call: IdentityCall,
  request: { readonly id: string; readonly tenant: string },
): Promise<TokenFields> {
  const { id } = request;
  if (!isTokenId(id)) {
    throw new SecretError({
      reason: "INVALID_FIELD",
      message: "id must be 'tok_' and 20 hexadecimal digits",
      field: "id",
    });
  }
  const { caller } = call;
  const tenant = await tenantOf(context, call, action, request.tenant);
  const manages = managesUsers(call, tenant);
  return changeIdentities(context, call, tenant, async () => {
    const stored = await context.store.findToken(tenant, id);
    const isDamaged = stored !== undefined && (await intactTokens(context, [stored])).length === 0;
    if (isDamaged && !manages) throw damagedRow(id);
    const token = isDamaged ? { ...revokedForDamage(stored, context.now()), revokedAtMs: 0 } : stored;
    // Whose token a row that does not verify was is not known, so it is no one's own.
    const own = token !== undefined && !isDamaged && tenant === caller.tenant && token.slug === caller.slug;
    if (token === undefined || !(own || manages)) {
      const message = `there is no token ${id}, or you may not revoke it`;
      throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, key: id, field: "id" }]);
    }
    const user = await context.store.findUser(tenant, token.slug);
    if (user?.operator === true && !caller.operator) {
      const message = `only an operator may revoke a token of the operator ${token.slug}`;
      throw await refuse(context, call, action, [{ reason: "OPERATOR_ONLY", message, key: id, field: "id" }]);
    }
    const nowMs = context.now();
    const revoked = { ...token, revokedAtMs: nowMs };
    const rule = own ? "own-token" : "admin";
    const filter = isDamaged ? "damaged" : "";
    const made = token.session === undefined ? action : "session.end";
    const audit: AuditEntry[] = [{ action: made, decision: "allowed", rule, key: id, names: [token.slug], filter }];
    if (token.revokedAtMs !== 0) return { users: [], tokens: [], audit, result: token };
    const sessions = await liveSessionsOf(context, tenant, isDamaged ? undefined : token.slug, id);
    audit.push(...sessions.map((session) => endRecord(session, "token-revoked")));
    const ended = sessions.map((session) => ({ ...session, revokedAtMs: nowMs }));
    return { users: [], tokens: [revoked, ...ended], audit, result: revoked };
  });
}

/** The record of the end of a session. */
export function endRecord({ id, slug }: TokenFields, rule: string): AuditEntry {
  return { action: "session.end", decision: "allowed", rule, key: id, names: [slug] };
}

/** Sessions that were made from one of these tokens, or from such a session. */
export function sessionsUnder(tokens: readonly StoredToken[], parents: readonly string[]): readonly StoredToken[] {
  const above = new Set(parents);
  const found: StoredToken[] = [];
  for (let size = -1; size !== found.length; ) {
    size = found.length;
    for (const token of tokens) {
      if (token.session === undefined || above.has(token.id) || !above.has(token.session.parent)) continue;
      above.add(token.id);
      found.push(token);
    }
  }
  return found.filter(({ revokedAtMs }) => revokedAtMs === 0);
}

/** Whose sessions they were cannot be read from a damaged row: then all of the tenant are looked at. */
async function liveSessionsOf(context: IdentityContext, tenant: string, slug: string | undefined, parent: string) {
  const { tokens } = await loadTokens(context, tenant, slug);
  return sessionsUnder(tokens, [parent]);
}
