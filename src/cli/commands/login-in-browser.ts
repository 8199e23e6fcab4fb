import { createHash, randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { BeginLoginResponse, FinishLoginResponse } from "../../../gen/secret/v1/login_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import type { Service } from "../frame/client.ts";
import { parseDuration } from "../frame/duration.ts";
import { CliError } from "../frame/errors.ts";
import { parseGrants } from "../frame/grants.ts";
import { type Loopback, listenOnLoopback } from "../frame/loopback.ts";
import { openInBrowser } from "../frame/open-in-browser.ts";

export interface BrowserLogin {
  /** Id of a login method; "" to let the person choose. */
  readonly method: string;
  /** The browser is on another machine, and the person types a code there. */
  readonly isDevice: boolean;
  readonly session: string | undefined;
  readonly grants: readonly string[];
}

/** Logs in with a browser. Throws `CliError` when the person refuses or takes too long. */
export async function logInInBrowser(
  cli: Cli,
  logins: Service["logins"],
  login: BrowserLogin,
  wait: (ms: number) => Promise<unknown> = pause,
): Promise<FinishLoginResponse> {
  const verifier = randomBytes(32).toString("base64url");
  const request = {
    challenge: createHash("sha256").update(verifier).digest("base64url"),
    client: clientName(),
    method: login.method,
    grants: parseGrants(login.grants),
    ...(login.session === undefined
      ? {}
      : { session: { seconds: BigInt(parseDuration(login.session, "--session")), nanos: 0 } }),
  };
  if (login.isDevice) {
    const begun = await logins.beginLogin({ ...request, loopbackPort: 0 });
    cli.output.hint(`open ${begun.url} in a browser on any machine, and type this code there: ${begun.userCode}`);
    return poll(cli, logins, begun, verifier, wait);
  }
  const loopback = await listenOnLoopback();
  try {
    const begun = await logins.beginLogin({ ...request, loopbackPort: loopback.port });
    const isOpen = await openInBrowser(cli, begun.url);
    cli.output.hint(`${isOpen ? "your browser opens" : "open in a browser on this machine"}: ${begun.url}`);
    if (!isOpen) cli.output.hint("without a browser on this machine: oo login --device");
    return await waitForCode(cli, logins, begun, verifier, loopback);
  } finally {
    loopback.close();
    cli.output.progress("");
  }
}

/** Any page on this machine may bring a wrong code: then the right one is waited for. */
async function waitForCode(
  cli: Cli,
  logins: Service["logins"],
  { loginId, expiresIn }: BeginLoginResponse,
  verifier: string,
  loopback: Loopback,
): Promise<FinishLoginResponse> {
  const untilMs = performance.now() + expiresIn * 1000;
  cli.output.progress("waiting for the browser…");
  for (;;) {
    const brought = await loopback.next(untilMs);
    if (brought === undefined) throw tooLate();
    if ("isDenied" in brought) throw new CliError("the login was refused in the browser");
    try {
      return await logins.finishLogin({ loginId, verifier, code: brought.code });
    } catch (error) {
      const reason = await reasonOf(error);
      if (reason !== "UNAUTHENTICATED" && reason !== "LOGIN_PENDING") throw error;
    }
  }
}

/** Asks again and again, not more often than the service wants. */
async function poll(
  cli: Cli,
  logins: Service["logins"],
  { loginId, expiresIn, interval }: BeginLoginResponse,
  verifier: string,
  wait: (ms: number) => Promise<unknown>,
): Promise<FinishLoginResponse> {
  const untilMs = performance.now() + expiresIn * 1000;
  let seconds = interval;
  cli.output.progress("waiting for the code to be typed…");
  while (performance.now() < untilMs) {
    await wait(seconds * 1000);
    try {
      return await logins.finishLogin({ loginId, verifier });
    } catch (error) {
      const reason = await reasonOf(error);
      if (reason === "SLOW_DOWN") seconds += 5;
      else if (reason !== "LOGIN_PENDING") throw error;
    } finally {
      cli.output.progress("");
    }
  }
  throw tooLate();
}

function tooLate(): CliError {
  return new CliError("the login took too long", ["begin again with 'oo login'"]);
}

/** What the page that asks the person shows. */
function clientName(): string {
  return `${userInfo().username}@${hostname()}`.replace(/[^ -~]/g, "?").slice(0, 60);
}

/** The code that knows errors of calls is loaded when a call has failed. */
async function reasonOf(error: unknown): Promise<string | undefined> {
  return (await import("../frame/service-error.ts")).reasonOf(error);
}
