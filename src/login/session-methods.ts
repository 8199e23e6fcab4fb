import type { HandlerContext } from "@connectrpc/connect";
import type { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { SecretError } from "../error.ts";
import { getVisit, type Visit } from "../http/call/call.ts";
import { limits } from "../limits.ts";
import type { GuardedImpl } from "../rpc/guarded-impl.ts";
import { toWhoAmIMessage } from "../rpc/whoami-message.ts";
import { anonymousRecord, ruleOf } from "../rules/decision-record.ts";
import { grantTexts } from "../rules/grants.ts";
import { createHalf, isHalf, joinHalves } from "../rules/token.ts";
import { clientNameOf } from "./client-name.ts";
import { createCode } from "./codes.ts";
import { dropCookie, readCookie, setCookie } from "./cookies.ts";
import { endSessions } from "./end-sessions.ts";
import { isOwnPage, type Place } from "./host.ts";
import type { LoginContext } from "./login-context.ts";
import { openSession, planFromToken, previewSession, requireUserToken } from "./open-session.ts";
import type { SessionPlan } from "./session-plan.ts";
import { readSource } from "./session-source.ts";

type Public = "openSession";
type SessionMethods = Pick<GuardedImpl<typeof LoginService, Public>, Public | "endSession" | "createHandoff">;

/** Sessions of browsers, whatever the way in. */
export function createSessionMethods(context: LoginContext): SessionMethods {
  return {
    async openSession(request, handlerContext) {
      const visit = visitOf(handlerContext);
      context.admitVisit(visit.peer);
      const place = requirePlace(context, visit, handlerContext.protocolName);
      if (!isHalf(request.pageHalf) && !request.preview) throw badHalf();
      const plan = await readSource(context, request, visit, place);
      if (request.preview) {
        const who = await recorded(context, visit, plan, () => previewSession(context, visit, plan));
        return { who: await toWhoAmIMessage(context, who) };
      }
      const cookieHalf = createHalf();
      const secret = joinHalves(cookieHalf, request.pageHalf) ?? "";
      const made = { secret, client: clientNameOf(visit.headers) };
      const who = await recorded(context, visit, plan, () => openSession(context, visit, plan, made));
      const { responseHeader } = handlerContext;
      responseHeader.append("set-cookie", setCookie("session", cookieHalf, place, { sameSite: "Strict" }));
      if (readCookie(visit.headers.cookie, "claim", place) !== undefined) {
        responseHeader.append("set-cookie", dropCookie("claim", place));
      }
      return { who: await toWhoAmIMessage(context, who) };
    },
    async endSession({ all, slug, tenant }, call, { requestHeader, responseHeader }) {
      const ended = await endSessions(context, call, { all, slug, tenant });
      const place = context.places.placeOf({ host: requestHeader.get("host") ?? undefined });
      const cookie = place && readCookie(requestHeader.get("cookie") ?? undefined, "session", place);
      if (place !== undefined && cookie !== undefined && call.caller.isSession === true && slug === "") {
        responseHeader.append("set-cookie", dropCookie("session", place));
      }
      return { ended };
    },
    async createHandoff(_request, { caller }, { requestHeader }) {
      requireUserToken(caller);
      const place = context.places.placeOf({ host: requestHeader.get("host") ?? undefined }) ?? context.places.main;
      if (place === undefined) throw noBrowser();
      const plan = planFromToken(context, caller, grantTexts(caller.grants), "handoff");
      const code = await createCode(context, "handoff", plan);
      return { code, url: `${place.origin}/console/#/handoff/${code}`, expiresIn: limits.claimMs / 1000 };
    },
  };
}

/** Where a call without a token comes from. A program that calls the service in its own process comes from nowhere. */
export function visitOf({ values }: HandlerContext): Visit {
  return getVisit(values) ?? { requestId: "", peer: "", headers: {} };
}

/** Only the pages of this service may sign in, and only where a cookie is safe. */
function requirePlace({ places }: LoginContext, { headers }: Visit, protocol: string): Place {
  if (protocol !== "connect") {
    throw new SecretError({ reason: "LOGIN_UNAVAILABLE", message: "OpenSession works only over Connect" });
  }
  const place = places.placeOf(headers);
  if (place === undefined) throw noBrowser();
  if (isOwnPage(place, headers)) return place;
  throw new SecretError({ reason: "UNAUTHENTICATED", message: "the call comes from a page of another origin" });
}

function noBrowser(): SecretError {
  const message =
    "no browser may sign in at this address: it takes TLS and the address in SECRET_SVC_URL, or an address of loopback";
  return new SecretError({ reason: "LOGIN_UNAVAILABLE", message });
}

function badHalf(): SecretError {
  const message = "pageHalf must be 32 bytes as 43 characters of base64url";
  return new SecretError({ reason: "INVALID_FIELD", message, field: "pageHalf" });
}

/** Records that a person showed who they are, and was refused nevertheless. */
async function recorded<T>(context: LoginContext, visit: Visit, plan: SessionPlan, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SecretError) || error.audited) throw error;
    const entry = { decision: "refused", rule: ruleOf(error.reason), names: [plan.slug], filter: plan.rule } as const;
    const record = anonymousRecord(plan.tenant, context.now(), { action: "session.refused", ...entry }, visit.peer);
    await context.accessLog.record([{ ...record, requestId: visit.requestId }]);
    throw error;
  }
}
