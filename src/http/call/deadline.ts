import { parseTimeout as parseConnectTimeout } from "@connectrpc/connect/protocol-connect";
import { parseTimeout as parseGrpcTimeout } from "@connectrpc/connect/protocol-grpc";
import { invalidBody } from "./refusal.ts";

export type TimeoutHeader = "connect-timeout-ms" | "grpc-timeout";

/**
 * The caller's deadline in milliseconds, at most `maxMs`: shortening a deadline is always allowed. Undefined if the
 * header is absent. Throws a `ConnectError` if it is malformed.
 */
export function readDeadline(
  header: TimeoutHeader,
  value: string | string[] | undefined,
  maxMs: number,
): number | undefined {
  if (value === undefined) return undefined;
  const parse = header === "grpc-timeout" ? parseGrpcTimeout : parseConnectTimeout;
  const { timeoutMs } = parse(String(value), Number.MAX_SAFE_INTEGER);
  if (timeoutMs === undefined) throw invalidBody(`the header ${header} is malformed`);
  return Math.min(timeoutMs, maxMs);
}
