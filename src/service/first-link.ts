import type { Config } from "../config/config.ts";
import { createFirstLink } from "../login/first-link.ts";
import type { LoginContext } from "../login/login-context.ts";
import { consoleUse } from "./console.ts";
import { readLineFile } from "./data-directory.ts";
import type { Started } from "./first-start.ts";

/** Only for the person who has just started the service on their own machine for the first time. */
export async function firstLinkOf(
  context: LoginContext,
  config: Config,
  { isFirst, tokenFile }: Started,
): Promise<string | undefined> {
  const isOnThisMachine = config.isLoopback && config.publicUrl === undefined;
  if (!isFirst || !isOnThisMachine || consoleUse(config) === "no one") return undefined;
  const token = tokenFile === undefined ? undefined : readLineFile(tokenFile);
  return token === undefined ? undefined : createFirstLink(context, token);
}
