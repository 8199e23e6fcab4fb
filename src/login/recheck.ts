import { IntegrityError } from "../crypto/integrity-error.ts";
import { changeIdentities, loadTokens, loadUsers } from "../identity/directory.ts";
import { endThese, isLive } from "../identity/end-issued.ts";
import { openRefreshToken, sealRefreshToken } from "../identity/refresh-token.ts";
import { callerWithoutRights, type IdentityCall } from "../rules/caller.ts";
import type { Session, StoredToken } from "../store/identity-rows.ts";
import { userEntries } from "./log-in.ts";
import type { PeopleContext } from "./people-context.ts";
import { type Identified, planUser } from "./plan-user.ts";
import type { Proof, ProviderClient } from "./provider.ts";
import { userFromClaims } from "./users-from-claims.ts";

/** How often a provider is asked again about the person of a session. */
export const recheckMs = 3_600_000;

type Due = StoredToken & { readonly session: Session };

/**
 * Asks providers again about the people of sessions that have a refresh token: each session once in an hour, by one
 * process of the service. A person whom the provider no longer knows, or whose claims no longer fit, loses the session.
 * Roles and the admin flag are replaced. While a provider does not answer, sessions go on. Returns how many were asked
 * about.
 */
export async function recheckSessions(context: PeopleContext): Promise<number> {
  const { identity, providers } = context;
  const tenants = new Set(providers().flatMap(({ entries }) => entries.flatMap((entry) => entry.tenants)));
  let asked = 0;
  for (const tenant of tenants) {
    const { tokens } = await loadTokens(identity, tenant, undefined);
    for (const token of tokens) {
      const client = clientOfSession(context, token);
      if (client === undefined || !(await isDue(context, token as Due))) continue;
      asked += 1;
      await recheck(context, client, token as Due).catch((error: unknown) =>
        context.log(`a session at ${client.provider.name} could not be checked again`, error),
      );
    }
  }
  return asked;
}

/** Undefined for a token other than of a live session with a refresh token of a provider of now. */
function clientOfSession(context: PeopleContext, token: StoredToken): ProviderClient | undefined {
  const { session } = token;
  if (session === undefined || session.refreshToken.length === 0) return undefined;
  if (!isLive(token, context.identity.now())) return undefined;
  const provider = context.providers().find(({ issuer }) => issuer === session.issuer);
  return provider && context.clientOf(provider.id);
}

/** The lease is also the schedule: of several processes one adds it, and it is there until the next hour. */
async function isDue({ identity, rechecks }: PeopleContext, token: Due): Promise<boolean> {
  const nowMs = identity.now();
  if (nowMs - token.createdAtMs < recheckMs) return false;
  return rechecks.add(`${token.tenant} ${token.id}`, nowMs, nowMs + recheckMs);
}

async function recheck(context: PeopleContext, client: ProviderClient, token: Due): Promise<void> {
  const { identity } = context;
  const { tenant, slug, session } = token;
  const user = await identity.store.findUser(tenant, slug);
  const isBound = user?.login?.issuer === session.issuer;
  const refreshToken = isBound ? readRefreshToken(context, token) : undefined;
  if (refreshToken === undefined) return end(context, token, client, "refresh-token-damaged");
  const proof = await client.refresh(refreshToken, user?.login?.subject ?? "");
  if (proof === undefined) return end(context, token, client, "provider-ended");
  const claimed = userFromClaims(client.provider, proof.claims);
  if ("problem" in claimed || claimed.tenant !== tenant) return end(context, token, client, "claims");
  const { id: provider, issuer } = client.provider;
  const who = { provider, issuer, subject: proof.subject, sid: session.sid, refreshToken: undefined };
  await keep(context, token, { ...who, atMs: identity.now(), user: claimed }, sealedOf(context, token, proof));
}

function readRefreshToken({ identity }: PeopleContext, { tenant, id, session }: Due): string | undefined {
  try {
    return openRefreshToken(identity.keyring, { tenant, id, issuer: session.issuer }, session.refreshToken);
  } catch (error) {
    if (error instanceof IntegrityError) return undefined;
    throw error;
  }
}

/** Many providers give a new refresh token each time, and take the old one once only. */
function sealedOf({ identity }: PeopleContext, { tenant, id, session }: Due, { refreshToken }: Proof): Uint8Array {
  if (refreshToken === undefined) return session.refreshToken;
  return sealRefreshToken(identity.keyring, { tenant, id, issuer: session.issuer }, refreshToken);
}

async function end(context: PeopleContext, token: Due, { provider }: ProviderClient, filter: string): Promise<void> {
  await endThese(context.identity, noOne, token.tenant, [token], { rule: provider.id, filter });
}

const noOne = { requestId: "", peer: "" };

/** Changes the user as a login would, and stores the new refresh token, in one commit. */
async function keep(context: PeopleContext, { tenant, id }: Due, who: Identified, sealed: Uint8Array): Promise<void> {
  const { identity } = context;
  const call: IdentityCall = { ...noOne, caller: callerWithoutRights(tenant, "") };
  await changeIdentities(identity, call, tenant, async () => {
    const [bound] = (await identity.store.findUsersOfIssuer(who.issuer, who.subject)).filter(
      (user) => user.tenant === tenant,
    );
    const loaded = await loadUsers(identity, tenant, bound === undefined ? [] : [bound.slug]);
    const planned = planUser(who, loaded, identity.issuers, identity.now());
    const nothing = { users: [], tokens: [], audit: [], result: undefined };
    // Removed or unlinked meanwhile: then the session has ended as well.
    if ("message" in planned || planned.outcome === "created") return nothing;
    const stored = await identity.store.findToken(tenant, id);
    if (stored?.session === undefined || !isLive(stored, identity.now())) return nothing;
    const { kid: _kid, mac: _mac, ...token } = stored;
    const isNew = !Buffer.from(sealed).equals(stored.session.refreshToken);
    return {
      users: planned.outcome === "unchanged" ? [] : [planned.user],
      tokens: isNew ? [{ ...token, session: { ...stored.session, refreshToken: sealed } }] : [],
      audit: userEntries(who, planned),
      result: undefined,
    };
  });
}
