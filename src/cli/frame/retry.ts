import { setTimeout as pause } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorDetailSchema, Reason } from "../../../gen/secret/v1/error_pb.ts";
import { systemCode } from "./errors.ts";

const pausesMs = [250, 1000, 4000];
const brokenCodes: readonly (string | undefined)[] = ["ECONNRESET", "EPIPE", "ECONNREFUSED", "ETIMEDOUT"];

/**
 * Repeats a call, up to three times, when its answer was lost or the service was unavailable. Only for calls with an
 * idempotency key: the service may have carried out the call that failed.
 */
export async function withRetries<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (const pauseMs of pausesMs) {
    try {
      return await call();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await pause(pauseMs);
    }
  }
  return call();
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof ConnectError)) return false;
  const [detail] = error.findDetails(ErrorDetailSchema);
  if (detail?.reason === Reason.OUTCOME_UNKNOWN) return true;
  return error.code === Code.Unavailable || brokenCodes.includes(systemCode(error.cause));
}
