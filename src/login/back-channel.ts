import { errors, type JWTPayload, jwtVerify } from "jose";
import { networkOf } from "../admission/admission.ts";
import type { PageAnswer, PageRequest, ServePage } from "../http/call/routes.ts";
import { type Ended, endSessions } from "../identity/end-issued.ts";
import { asymmetricAlgorithms } from "../jwt/asymmetric-algorithms.ts";
import { parseStrictJson } from "../jwt/strict-json.ts";
import { isJwt } from "../rules/token.ts";
import { rememberLogout, rememberUse, wasUsed } from "./logouts.ts";
import type { PeopleContext } from "./people-context.ts";
import type { ProviderClient } from "./provider.ts";

/** OpenID Connect Back-Channel Logout: a provider says that a person has logged out there. */
const event = "http://schemas.openid.net/event/backchannel-logout";
/** A token that is older is not accepted, and one that was accepted is remembered for longer. */
const maxAgeSeconds = 120;
const skewSeconds = 30;

interface Logout {
  readonly client: ProviderClient;
  readonly jti: string;
  /** "" when all sessions of the person are meant. */
  readonly sid: string;
  readonly subject: string;
}

/** Serves the address that providers call. It answers as the specification says: 200, or 400 with a reason. */
export function serveBackChannel(context: PeopleContext): ServePage {
  return async (request) => {
    const waitMs = context.badLogouts.waitMs(networkOf(request.peer));
    if (waitMs > 0) return answer(429, "slow_down");
    const logout = await readLogout(context, new URLSearchParams(request.body.toString()).getAll("logout_token"));
    if (logout === undefined) {
      context.badLogouts.take(networkOf(request.peer));
      return answer(400, "invalid_request");
    }
    await end(context, request, logout);
    return answer(200, "");
  };
}

function answer(status: number, error: string): PageAnswer {
  const body = error === "" ? "" : JSON.stringify({ error });
  return { status, headers: { "content-type": "application/json", "cache-control": "no-store" }, body };
}

async function readLogout(context: PeopleContext, tokens: readonly string[]): Promise<Logout | undefined> {
  const [token] = tokens;
  if (token === undefined || tokens.length > 1 || !isJwt(token)) return undefined;
  const claimed = parseStrictJson(Buffer.from(token.split(".")[1] ?? "", "base64url"));
  const provider = context
    .providers()
    .find(({ issuer, clientId }) => issuer === claimed?.iss && [claimed?.aud].flat().includes(clientId));
  const client = provider && context.clientOf(provider.id);
  if (client === undefined) return undefined;
  const claims = await verify(client, token, context.identity.now());
  const { jti, sid, sub, events, iat } = claims ?? {};
  const nowSeconds = context.identity.now() / 1000;
  const isEvent = typeof events === "object" && events !== null && event in events;
  const isFresh = iat !== undefined && Math.abs(nowSeconds - iat) <= maxAgeSeconds;
  // A nonce would make it possible to pass an ID token off as this.
  if (claims === undefined || !isEvent || !isFresh || claims.nonce !== undefined) return undefined;
  if (typeof jti !== "string" || jti === "" || !(isText(sid) && isText(sub)) || (sid ?? sub) === undefined) {
    return undefined;
  }
  if (await wasUsed(context.identity, client.provider.issuer, jti)) {
    return undefined;
  }
  return { client, jti, sid: sid ?? "", subject: sub ?? "" };
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === "string" && value !== "");
}

type LogoutClaims = JWTPayload & { readonly sid?: unknown; readonly events?: unknown; readonly nonce?: unknown };

async function verify(client: ProviderClient, token: string, nowMs: number): Promise<LogoutClaims | undefined> {
  const { issuer, clientId } = client.provider;
  try {
    const { payload } = await jwtVerify(token, (header) => client.keys.find(header), {
      issuer,
      audience: clientId,
      algorithms: [...asymmetricAlgorithms],
      typ: "logout+jwt",
      clockTolerance: skewSeconds,
      currentDate: new Date(nowMs),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Ends the sessions, and logins that are under way: the logout is remembered before anything is ended. */
async function end(context: PeopleContext, { requestId, peer }: PageRequest, logout: Logout): Promise<void> {
  const { client, jti, sid, subject } = logout;
  const { issuer, id } = client.provider;
  const { identity } = context;
  await rememberLogout(identity, { issuer, sid, subject });
  const which: Ended = sid === "" ? { issuer, subject } : { issuer, sid, subject };
  await endSessions(identity, { requestId, peer }, which, { rule: id, filter: "provider-logout" });
  await rememberUse(identity, issuer, jti);
}
