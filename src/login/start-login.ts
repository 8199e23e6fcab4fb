import type { PageAnswer } from "../http/call/routes.ts";
import { answerPage, type OwnRequest, redirect } from "./answer-page.ts";
import { readCookie, setCookie } from "./cookies.ts";
import { flowCookie, newFlow, openFlows, sealFlows } from "./flows.ts";
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
  context.identity.admitVisit(request.peer);
  const { keyring, now } = context.identity;
  const flow = newFlow(provider, terminal, now());
  const url = await client.authorizationUrl(flow, `${request.place.origin}/login/callback`, isFresh);
  const { place } = request;
  const others = openFlows(keyring, readCookie(request.headers.cookie, "login", place), now());
  const cookie = setCookie("login", sealFlows(keyring, [flow, ...others]), place, flowCookie);
  return request.verb === "POST" ? answerPage(goOnPage("Sign in", url.href), [cookie]) : redirect(url.href, [cookie]);
}
