import type { Config } from "../config/config.ts";
import { findPageFiles } from "../console/find-files.ts";
import { isDirectFromLoopback } from "../console/is-direct.ts";
import { createConsole, type PageKind } from "../console/page.ts";
import type { FindWebFile } from "../http/call/web-file.ts";
import { log } from "../log/log.ts";
import type { Places } from "../login/host.ts";

export type ConsoleConfig = Pick<Config, "console" | "isLoopback" | "tls" | "publicUrl">;

/** The browsers that get the page. `direct`: only browsers on this machine, without a proxy in between. */
export type ConsoleUse = "everyone" | "direct" | "no one";

/** `auto` serves the page where a browser may sign in: with TLS, and on the machine itself. */
export function consoleUse(config: ConsoleConfig): ConsoleUse {
  if (config.console === "off") return "no one";
  if (config.console === "on" || isReachedWithTls(config)) return "everyone";
  return config.isLoopback ? "direct" : "no one";
}

/** The page was asked for where no browser may sign in: beyond this machine without TLS. */
export function isServedWithoutTls(config: ConsoleConfig): boolean {
  return consoleUse(config) === "everyone" && !isReachedWithTls(config) && !config.isLoopback;
}

/** TLS of the service itself, or of what is in front of it. */
function isReachedWithTls({ tls, publicUrl }: ConsoleConfig): boolean {
  return tls !== undefined || publicUrl?.startsWith("https:") === true;
}

/** The page for browsers. Undefined: its paths are like any unknown path, and nothing of it is loaded. */
export function serveConsole(
  config: ConsoleConfig,
  places: Places,
  count: (kind: PageKind, status: number) => void,
): FindWebFile | undefined {
  const use = consoleUse(config);
  if (use === "no one") {
    if (config.console === "auto") {
      log("info", "the console is off: beyond this machine it needs TLS, or SECRET_SVC_URL with https");
    }
    return undefined;
  }
  const hasTls = isReachedWithTls(config);
  // Where no browser may sign in, the page is only shown because that was asked for. It then says why.
  const hasPlaces = hasTls || config.isLoopback || config.publicUrl !== undefined;
  return createConsole({
    findFiles: findPageFiles,
    hasTls,
    isServedTo: (request) => use === "everyone" || isDirectFromLoopback(request),
    isOwnHost: (headers) => !hasPlaces || places.placeOf(headers) !== undefined,
    count,
  });
}
