import { networkOf } from "../admission/admission.ts";
import type { PageAnswer } from "../http/call/routes.ts";
import { limits } from "../limits.ts";
import { answerPage, type OwnRequest, redirect } from "./answer-page.ts";
import { newFlow, openFlows, sealFlows } from "./flows.ts";
import { readLoginCookie, setLoginCookie } from "./login-cookies.ts";
import { goOnPage, notePage } from "./pages.ts";
import type { PeopleContext } from "./people-context.ts";

export interface LoginStart {
  readonly provider: string;
  /** Id of the login of a terminal; "" for the browser itself. */
  readonly terminal: string;
  /** The person has to show again who they are. */
  readonly isFresh: boolean;
}

/** Begins a login at a provider: sends the browser there, or after a form has it go there by itself. */
export async function startLogin(
  context: PeopleContext,
  request: OwnRequest,
  { provider, terminal, isFresh }: LoginStart,
): Promise<PageAnswer> {
  const client = context.clientOf(provider);
  if (client === undefined) return answerPage(notePage(404, "Not found", "There is no such login provider here."));
  const waitMs = context.beginnings.take(networkOf(request.peer));
  if (waitMs > 0) {
    return answerPage(notePage(429, "Too many attempts", `Try again in ${Math.ceil(waitMs / 1000)} s.`));
  }
  const { keyring, now } = context.identity;
  const flow = newFlow(provider, terminal, now());
  const url = await client.authorizationUrl(flow, `${request.origin}/login/callback`, isFresh);
  const { isSecure } = context.site;
  const others = openFlows(keyring, readLoginCookie(request.headers.cookie, "login", isSecure), now());
  const cookie = setLoginCookie("login", sealFlows(keyring, [flow, ...others]), limits.loginMs / 1000, isSecure);
  return request.verb === "POST" ? answerPage(goOnPage("Sign in", url.href), [cookie]) : redirect(url.href, [cookie]);
}
