import type { PageAnswer, Pages } from "../http/call/routes.ts";
import { limits } from "../limits.ts";
import { answerPage, type OwnRequest, servePageOf } from "./answer-page.ts";
import { serveBackChannel } from "./back-channel.ts";
import { createCode } from "./codes.ts";
import { dropCookie, readCookie, setCookie } from "./cookies.ts";
import { flowCookie, openFlows, sealFlows } from "./flows.ts";
import { showInvitation } from "./invite-page.ts";
import { identify, planFromLogin, previewLogin } from "./log-in.ts";
import { goOnPage } from "./pages.ts";
import type { PeopleContext } from "./people-context.ts";
import type { Identified } from "./plan-user.ts";
import { LoginRefusedError } from "./provider.ts";
import { startLogin } from "./start-login.ts";
import { askToApprove, terminalPages } from "./terminal-pages.ts";

/** Everything under `/login/` that a browser opens. */
export function loginPages(context: PeopleContext): Pages {
  const start = (request: OwnRequest) => {
    const id = request.query.get("with") ?? "";
    return startLogin(context, request, { provider: id, terminal: "", isFresh: false });
  };
  return {
    ...(context.consolePath === undefined ? {} : { "/login/start": { GET: servePageOf(context, start) } }),
    "/login/callback": { GET: servePageOf(context, (request) => comeBack(context, request)) },
    "/login/invite": { GET: servePageOf(context, (request) => showInvitation(context, request)) },
    "/login/backchannel": { POST: serveBackChannel(context) },
    ...terminalPages(context),
  };
}

/**
 * The browser is back from the provider. The address with the code is left at once, by a page and not by a redirect.
 */
async function comeBack(context: PeopleContext, request: OwnRequest): Promise<PageAnswer> {
  const { keyring, now } = context.identity;
  const { place } = request;
  const flows = openFlows(keyring, readCookie(request.headers.cookie, "login", place), now());
  const states = request.query.getAll("state");
  const flow = states.length === 1 ? flows.find(({ state }) => state === states[0]) : undefined;
  const client = flow === undefined ? undefined : context.clientOf(flow.provider);
  if (flow === undefined || client === undefined) throw new LoginRefusedError("false", "no login of this browser");
  const rest = flows.filter((other) => other !== flow);
  const cookie =
    rest.length === 0 ? dropCookie("login", place) : setCookie("login", sealFlows(keyring, rest), place, flowCookie);
  const proof = await client.finish(new URL(request.url, place.origin), flow);
  const who = await identify(context, request, client.provider, proof);
  return flow.terminal === ""
    ? claim(context, request, who, [cookie])
    : askToApprove(context, request, flow, who, [cookie]);
}

/** Gives the browser what the page makes a session of, once and soon. */
async function claim(
  context: PeopleContext,
  request: OwnRequest,
  who: Identified,
  cookies: readonly string[],
): Promise<PageAnswer> {
  const { consolePath = "/", identity } = context;
  const planned = await previewLogin(identity, request, who);
  const code = await createCode(identity, "claim", planFromLogin(context, who, planned));
  const own = setCookie("claim", code, request.place, { sameSite: "Strict", seconds: limits.claimMs / 1000 });
  return answerPage(goOnPage("Signed in", `${consolePath}#/claim`), [...cookies, own]);
}
