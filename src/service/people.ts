import type { Config } from "../config/config.ts";
import type { Trust } from "../identity/trust.ts";
import { log } from "../log/log.ts";
import { createPeopleContext } from "../login/create-people-context.ts";
import type { LoginContext } from "../login/login-context.ts";
import type { PeopleContext } from "../login/people-context.ts";
import { recheckSessions } from "../login/recheck.ts";
import { consoleUse } from "./console.ts";

/** Each session is asked about once in an hour. */
const lookEveryMs = 10 * 60_000;

/** Asks providers again about the people of sessions, again and again. */
export function keepRechecking(people: PeopleContext) {
  let running: Promise<number> | undefined;
  const runNow = () => {
    running ??= recheckSessions(people).finally(() => {
      running = undefined;
    });
    return running;
  };
  const runAndLog = () =>
    void runNow().catch((error: unknown) => log("error", "sessions could not be checked again", error));
  const timer = setInterval(runAndLog, lookEveryMs);
  timer.unref();
  return {
    runNow,
    async stop() {
      clearInterval(timer);
      await running?.catch(() => undefined);
    },
  };
}

export interface PeopleSettings {
  readonly config: Config;
  readonly identity: LoginContext;
  readonly trust: Trust | undefined;
  readonly monotonicMs: () => number;
}

/** How people log in at the providers of the file of issuers. Without any, pages and methods say so. */
export function peopleOf({ config, identity, trust, monotonicMs }: PeopleSettings): PeopleContext {
  return createPeopleContext({
    identity,
    providers: () => trust?.providers ?? [],
    isDeviceLogin: config.deviceLogin ?? true,
    consolePath: consoleUse(config) === "no one" ? undefined : "/console/",
    monotonicMs,
    workers: config.workers,
    log: (message, error) => log("error", message, error),
  });
}
