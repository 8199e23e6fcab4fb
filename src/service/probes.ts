import type { HttpLog } from "../http/call/log.ts";
import type { Probes } from "../http/connection/dispatch.ts";
import { log } from "../log/log.ts";

/** `/healthz` is about the process, `/readyz` also about the store and the audit log. */
export function probesOf(isReady: () => boolean): Probes {
  return {
    "/healthz": () => ({ status: 200, text: "ok\n" }),
    "/readyz": () => (isReady() ? { status: 200, text: "ok\n" } : { status: 503, text: "not ready\n" }),
  };
}

export const logOfHttp: HttpLog = ({ level, message, error, requestId }) => log(level, message, error, { requestId });

/** Logs an error of a call that its caller must not see. */
export function logFailure(call: { readonly requestId: string }, method: string, error: unknown): void {
  log("error", `${method} failed`, error, { requestId: call.requestId });
}
