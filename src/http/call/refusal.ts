import type { DescMessage } from "@bufbuild/protobuf";
import { Code, type ConnectError } from "@connectrpc/connect";
import { SecretError } from "../../error.ts";
import { toConnectError } from "./error.ts";

/** The body or its framing is invalid for the method. Pass `code` only where a protocol requires another code. */
export function invalidBody(message: string, field?: string, code: Code = Code.InvalidArgument): ConnectError {
  return toConnectError(
    new SecretError({ reason: "INVALID_BODY", message, ...(field === undefined ? {} : { field }) }),
    code,
  );
}

/** A binary message has a field that the contract does not have, and its method refuses such messages. */
export function unknownField(message: DescMessage): ConnectError {
  return invalidBody(`${message.name} has a field that this version of the service does not know`);
}

/** The whole request exceeds a limit. `actual` is undefined if reading stopped before it was known. */
export function overLimit(message: string, limit: number, actual?: number): ConnectError {
  return toConnectError(
    new SecretError({ reason: "LIMIT_EXCEEDED", message, limit, ...(actual === undefined ? {} : { actual }) }),
    Code.ResourceExhausted,
  );
}

export function tooManyBytes(limit: number, actual?: number): ConnectError {
  const size = actual === undefined ? "" : `: it has ${actual} bytes`;
  return overLimit(`the request is larger than ${limit} bytes after decompression${size}`, limit, actual);
}
