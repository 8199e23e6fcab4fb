import { Code, type ConnectError } from "@connectrpc/connect";
import { SecretError } from "../../error.ts";
import { toConnectError } from "./error.ts";

/** The body, or the framing around it, is not what the method takes. `code` only where a protocol demands another one. */
export function invalidBody(message: string, field?: string, code: Code = Code.InvalidArgument): ConnectError {
  return toConnectError(
    new SecretError({ reason: "INVALID_BODY", message, ...(field === undefined ? {} : { field }) }),
    code,
  );
}

/** A limit of the whole request. `actual` is left out when it is not known, because reading stopped. */
export function overLimit(message: string, limit: number, actual?: number): ConnectError {
  return toConnectError(
    new SecretError({ reason: "LIMIT_EXCEEDED", message, limit, ...(actual === undefined ? {} : { actual }) }),
    Code.ResourceExhausted,
  );
}

export function tooManyBytes(limit: number, actual?: number): ConnectError {
  const size = actual === undefined ? "more" : `${actual} bytes`;
  return overLimit(`the request is larger than ${limit} bytes after inflating: it has ${size}`, limit, actual);
}
