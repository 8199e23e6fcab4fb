import type { OpenSessionRequest } from "../../gen/secret/v1/login_service_pb.ts";
import { SecretError } from "../error.ts";
import type { Visit } from "../http/call/call.ts";
import { grantTexts } from "../rules/grants.ts";
import { type CodeKind, readCode, takeCode } from "./codes.ts";
import { readCookie } from "./cookies.ts";
import type { Place } from "./host.ts";
import type { LoginContext } from "./login-context.ts";
import { planFromToken, requireUserToken } from "./open-session.ts";
import type { SessionPlan } from "./session-plan.ts";

/**
 * What a browser shows to get a session: a token, a code, or the cookie of a login that it has just finished. A preview
 * uses nothing up. Throws UNAUTHENTICATED, LOGIN_EXPIRED and NOT_A_USER.
 */
export async function readSource(
  context: LoginContext,
  request: OpenSessionRequest,
  visit: Visit,
  place: Place,
): Promise<SessionPlan> {
  const { token, handoff, preview } = request;
  if (token !== "" && handoff !== "") {
    const message = "token and handoff exclude each other";
    throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field: "handoff" });
  }
  if (token !== "") {
    const caller = await context.authenticate(`Bearer ${token}`, visit.peer);
    requireUserToken(caller);
    return planFromToken(context, caller, grantTexts(caller.grants), "token");
  }
  const [kind, code]: [CodeKind, string] =
    handoff === "" ? ["claim", readCookie(visit.headers.cookie, "claim", place) ?? ""] : ["handoff", handoff];
  try {
    return await (preview ? readCode : takeCode)(context, kind, code);
  } catch (error) {
    // A guess, or a code that another program has used.
    if (error instanceof SecretError && error.reason === "LOGIN_EXPIRED") context.countFailure(visit.peer);
    throw error;
  }
}
