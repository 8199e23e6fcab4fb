import { SecretError } from "../../error.ts";
import type { Exchange } from "../call/exchange.ts";
import { connectionLimits } from "./connection-limits.ts";

/**
 * Size of the headers of an HTTP/2 request, counted as Node counts those of HTTP/1.1: names and values, and the path.
 * Node only announces the limit to clients of HTTP/2, and accepts what exceeds it.
 */
export function headerBytes(rawHeaders: readonly string[]): number {
  let bytes = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    const value = rawHeaders[at + 1] ?? "";
    if (!name.startsWith(":")) bytes += name.length + value.length;
    else if (name === ":path") bytes += value.length;
    else if (name === ":authority") bytes += "host".length + value.length;
  }
  return bytes;
}

/** Why the headers of a request are refused; undefined if they are within the limits. */
export function headerFailure({ httpVersion, rawHeaders }: Exchange): SecretError | undefined {
  if (rawHeaders.length > connectionLimits.headerCount * 2) {
    const limit = connectionLimits.headerCount;
    return new SecretError({ reason: "LIMIT_EXCEEDED", message: `the request has more than ${limit} headers`, limit });
  }
  // Over HTTP/1.1, Node refuses them.
  if (httpVersion === 2 && headerBytes(rawHeaders) >= connectionLimits.headerBytes) {
    const limit = connectionLimits.headerBytes;
    const message = `the headers of the request have ${limit} bytes or more`;
    return new SecretError({ reason: "LIMIT_EXCEEDED", message, limit });
  }
  return undefined;
}
