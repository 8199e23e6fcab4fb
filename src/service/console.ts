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
export function consoleUse({ console, isLoopback, tls, publicUrl }: ConsoleConfig): ConsoleUse {
  if (console === "off") return "no one";
  if (console === "on" || tls !== undefined || publicUrl?.startsWith("https:") === true) return "everyone";
  return isLoopback ? "direct" : "no one";
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
  const hasTls = config.tls !== undefined || config.publicUrl?.startsWith("https:") === true;
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
