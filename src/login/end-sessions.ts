import { SecretError } from "../error.ts";
import { changeIdentities, loadTokens } from "../identity/directory.ts";
import { userOf } from "../identity/named-user.ts";
import { endRecord, sessionsUnder } from "../identity/revoke-token.ts";
import type { TokenFields } from "../identity/rows.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { refuse } from "../rules/decision-record.ts";
import type { LoginContext } from "./login-context.ts";

const action = "session.end";

export interface EndRequest {
  /** All sessions of the user, not only that of the call. */
  readonly all: boolean;
  /** "" for the caller. */
  readonly slug: string;
  readonly tenant: string;
}

/** Ends the session of the call, all of the caller, or for an admin those of any user. Returns how many. */
export async function endSessions(context: LoginContext, call: IdentityCall, request: EndRequest): Promise<number> {
  if (!request.all) return endOwn(context, call, request);
  const { caller } = call;
  const { tenant, slug, isOwn } = await userOf(context, call, action, request);
  return changeIdentities(context, call, tenant, async () => {
    const user = await context.store.findUser(tenant, slug);
    if (user === undefined) {
      const failure = { reason: "NOT_FOUND", message: `there is no user ${slug}`, key: slug, field: "slug" } as const;
      throw await refuse(context, call, action, [failure]);
    }
    if (user.operator && !caller.operator && !isOwn) {
      const message = `only an operator may end the sessions of the operator ${slug}`;
      throw await refuse(context, call, action, [{ reason: "OPERATOR_ONLY", message, key: slug, field: "slug" }]);
    }
    const { tokens } = await loadTokens(context, tenant, slug);
    return endOf(context, tokens, isOwn ? "own-session" : "admin");
  });
}

/** With the sessions that were made from it. Also for a session that is narrowed: anyone may sign out. */
async function endOwn(context: LoginContext, call: IdentityCall, { slug, tenant }: EndRequest): Promise<number> {
  if (slug !== "" || tenant !== "") {
    const field = slug === "" ? "tenant" : "slug";
    throw new SecretError({ reason: "INVALID_FIELD", message: `${field} needs all`, field });
  }
  const { caller } = call;
  if (caller.isSession !== true) {
    const message = "the credential of this call is not a session; revoke a token with RevokeToken";
    throw await refuse(context, call, action, [{ reason: "LOGIN_UNAVAILABLE", message }]);
  }
  return changeIdentities(context, call, caller.tenant, async () => {
    const { tokens } = await loadTokens(context, caller.tenant, caller.slug);
    const own = tokens.filter(({ id }) => id === caller.tokenId);
    return endOf(context, [...own, ...sessionsUnder(tokens, [caller.tokenId])], "own-session");
  });
}

function endOf({ now }: LoginContext, found: readonly TokenFields[], rule: string) {
  const nowMs = now();
  const live = found.filter(
    ({ session, revokedAtMs, expireAtMs }) => session !== undefined && revokedAtMs === 0 && expireAtMs > nowMs,
  );
  const tokens = live.map((token) => ({ ...token, revokedAtMs: nowMs }));
  return { users: [], tokens, audit: live.map((token) => endRecord(token, rule)), result: tokens.length };
}
