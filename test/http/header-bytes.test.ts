import { expect, test } from "vitest";
import type { Exchange } from "../../src/http/call/exchange.ts";
import { connectionLimits } from "../../src/http/connection/connection-limits.ts";
import { headerBytes, headerFailure } from "../../src/http/connection/header-bytes.ts";

const failure = (rawHeaders: readonly string[], httpVersion = 2) =>
  headerFailure({ httpVersion, rawHeaders } as Pick<Exchange, "httpVersion" | "rawHeaders"> as Exchange);

test("fault C16: names and values count, the path and the host as over HTTP/1.1, and other pseudo headers not", () => {
  expect(headerBytes([])).toBe(0);
  expect(headerBytes(["te", "trailers", "a", ""])).toBe(11);
  expect(headerBytes([":method", "POST", ":scheme", "https", ":path", "/abc", ":authority", "h"])).toBe(9);
});

test("fault C16: headers are refused from the limit on over HTTP/2; over HTTP/1.1 Node has looked at them", () => {
  const of = (bytes: number) => ["a", "x".repeat(bytes - 1)];
  const limit = connectionLimits.headerBytes;
  expect(failure(of(limit - 1))).toBeUndefined();
  expect(failure(of(limit))).toMatchObject({ reason: "LIMIT_EXCEEDED", failures: [{ limit }] });
  expect(failure(of(limit), 1)).toBeUndefined();
});

test("as many headers as the limit says are taken, and one more is not", () => {
  const limit = connectionLimits.headerCount;
  const of = (count: number) => Array.from({ length: count }, () => ["a", "b"]).flat();
  for (const version of [1, 2]) {
    expect(failure(of(limit), version)).toBeUndefined();
    expect(failure(of(limit + 1), version)).toMatchObject({ reason: "LIMIT_EXCEEDED", failures: [{ limit }] });
  }
});
