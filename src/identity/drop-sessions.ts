import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import { intactTokens } from "./directory.ts";

/**
 * Deletes sessions that ended long ago; the audit log has when each began and ended. One that does not verify stays, as
 * evidence. Returns how many were deleted. Another process may do the same: what one of them cannot commit, the other
 * has.
 */
export async function dropOldSessions(context: Context): Promise<number> {
  const untilMs = context.now() - limits.endedSessionMs;
  if (untilMs <= 0) return 0;
  const found = await context.store.listEndedSessions(untilMs, limits.pageMax);
  let dropped = 0;
  for (const [tenant, ofTenant] of Map.groupBy(await intactTokens(context, found), (token) => token.tenant)) {
    for (let at = 0; at < ofTenant.length; at += limits.droppedTokens) {
      const ids = ofTenant.slice(at, at + limits.droppedTokens).map(({ id }) => id);
      dropped += await drop(context, tenant, ids);
    }
  }
  return dropped;
}

async function drop(context: Context, tenant: string, ids: readonly string[]): Promise<number> {
  const expectedRevision = await context.store.identityRevision(tenant);
  const counted = { count: ids.length, names: ids, version: expectedRevision + 1 };
  const entry = { action: "session.drop", decision: "allowed", rule: "ended", ...counted } as const;
  const outcome = await context.store.commitIdentity({
    tenant,
    expectedRevision,
    users: [],
    tokens: [],
    droppedTokens: ids,
    audit: [anonymousRecord(tenant, context.now(), entry)],
  });
  return outcome === "committed" ? ids.length : 0;
}
