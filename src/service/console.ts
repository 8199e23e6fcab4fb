import type { Config } from "../config/config.ts";
import { findPageFiles } from "../console/find-files.ts";
import { isDirectFromLoopback } from "../console/is-direct.ts";
import { createConsole, type PageKind } from "../console/page.ts";
import type { FindPage } from "../http/call/page.ts";
import { log } from "../log/log.ts";

export type ConsoleConfig = Pick<Config, "console" | "isLoopback" | "tls" | "host">;

/** Who gets the page. `direct`: only browsers on this machine, without a proxy in between. */
export type ConsoleUse = "everyone" | "direct" | "no one";

/** `auto` serves the page where a browser may sign in: with TLS, and on the machine itself. */
export function consoleUse({ console, isLoopback, tls }: ConsoleConfig): ConsoleUse {
  if (console === "off") return "no one";
  if (console === "on" || tls !== undefined) return "everyone";
  return isLoopback ? "direct" : "no one";
}

export interface ServedConsole {
  readonly findPage: FindPage;
  /** The port, once it is known. */
  listensOn(port: number): void;
}

/** The page for browsers. Undefined: its paths are like any unknown path, and nothing of it is loaded. */
export function serveConsole(
  config: ConsoleConfig,
  count: (kind: PageKind, status: number) => void,
): ServedConsole | undefined {
  const use = consoleUse(config);
  if (use === "no one") {
    if (config.console === "auto") {
      log("info", "the console is off: it needs TLS beyond this machine; SECRET_SVC_CONSOLE=on serves it anyway");
    }
    return undefined;
  }
  let port = 0;
  const findPage = createConsole({
    findFiles: findPageFiles,
    hasTls: config.tls !== undefined,
    isServedTo: (request) => use === "everyone" || isDirectFromLoopback(request),
    isOwnHost: (host) => !config.isLoopback || isLoopbackHost(host, port),
    count,
  });
  return {
    findPage,
    listensOn(at) {
      port = at;
    },
  };
}

const loopbackNames = ["127.0.0.1", "[::1]", "localhost"];

/** A name that points to this machine by someone else's DNS is not one of its own. */
function isLoopbackHost(host: string | undefined, port: number): boolean {
  return loopbackNames.some((name) => host === `${name}:${port}`);
}
