import { limits } from "../limits.ts";
import { grantTexts } from "../rules/grants.ts";
import { createCode } from "./codes.ts";
import type { LoginContext } from "./login-context.ts";
import { planFromToken } from "./open-session.ts";

/**
 * An address of the page that signs one browser in as the user of `token`, once and within ten minutes. The page asks
 * before it does. For the greeting of a first start: the person who reads it could also read the token from its file.
 */
export async function createFirstLink(context: LoginContext, token: string): Promise<string | undefined> {
  const { main } = context.places;
  if (main === undefined) return undefined;
  const caller = await context.authenticate(`Bearer ${token}`, "");
  const plan = planFromToken(context, caller, grantTexts(caller.grants), "handoff");
  const code = await createCode(context, "handoff", plan, limits.firstLinkMs);
  return `${main.origin}/console/#/handoff/${code}`;
}
