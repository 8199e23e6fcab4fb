import { callerWithoutRights } from "../rules/caller.ts";
import type { AuditEntry } from "../rules/decision-record.ts";
import type { StoredToken } from "../store/identity-rows.ts";
import { changeIdentities, type IdentityContext, intactTokens, intactUsers, loadTokens } from "./directory.ts";

/** Sessions of an issuer: one of them by what the issuer calls it, or all of a person. */
export type Ended =
  | { readonly issuer: string; readonly subject: string; readonly sid?: undefined }
  | { readonly issuer: string; readonly sid: string; readonly subject: string };

/**
 * Ends live sessions that an issuer has ended, in all tenants. No one of the service asks for it, so the records name
 * no principal. Returns how many were ended.
 */
export async function endSessions(
  context: IdentityContext,
  call: { readonly requestId: string; readonly peer: string },
  which: Ended,
  record: { readonly rule: string; readonly filter: string },
): Promise<number> {
  let ended = 0;
  const found = which.sid === undefined ? await sessionsOfPerson(context, which) : await sessionsOfSid(context, which);
  for (const [tenant, ofTenant] of Map.groupBy(found, (token) => token.tenant)) {
    ended += await endThese(context, call, tenant, ofTenant, record);
  }
  return ended;
}

/** Ends these sessions of a tenant, unless they have ended by themselves. */
export async function endThese(
  context: IdentityContext,
  { requestId, peer }: { readonly requestId: string; readonly peer: string },
  tenant: string,
  sessions: readonly StoredToken[],
  { rule, filter }: { readonly rule: string; readonly filter: string },
): Promise<number> {
  const call = { caller: callerWithoutRights(tenant, ""), requestId, peer };
  return changeIdentities(context, call, tenant, async () => {
    const nowMs = context.now();
    const stored = await Promise.all(sessions.map(({ id }) => context.store.findToken(tenant, id)));
    const intact = await intactTokens(
      context,
      stored.filter((token) => token !== undefined),
    );
    const live = intact.filter((token) => isLive(token, nowMs));
    const audit = live.map(
      ({ id, slug }): AuditEntry => ({
        action: "session.end",
        decision: "allowed",
        rule,
        filter,
        key: id,
        names: [slug],
      }),
    );
    return { users: [], tokens: live.map((token) => ({ ...token, revokedAtMs: nowMs })), audit, result: live.length };
  });
}

export function isLive({ revokedAtMs, expireAtMs }: StoredToken, nowMs: number): boolean {
  return revokedAtMs === 0 && (expireAtMs === 0 || nowMs < expireAtMs);
}

/** The subject has to fit where it is named: otherwise the name of a session would end that of another person. */
async function sessionsOfSid(context: IdentityContext, which: { issuer: string; sid: string; subject: string }) {
  const found = await context.store.findSessionsOfIssuer(which.issuer, which.sid);
  if (which.subject === "") return found;
  const mine: StoredToken[] = [];
  for (const token of found) {
    const user = await context.store.findUser(token.tenant, token.slug);
    if (user?.login?.subject === which.subject) mine.push(token);
  }
  return mine;
}

async function sessionsOfPerson(context: IdentityContext, { issuer, subject }: { issuer: string; subject: string }) {
  const users = await intactUsers(context, await context.store.findUsersOfIssuer(issuer, subject));
  const found: StoredToken[] = [];
  for (const { tenant, slug } of users) {
    const { tokens } = await loadTokens(context, tenant, slug);
    found.push(...tokens.filter(({ session }) => session?.issuer === issuer));
  }
  return found;
}
