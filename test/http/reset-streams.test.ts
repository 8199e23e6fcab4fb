import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fixture, sendRaw, startServer, token } from "../support/http/fixture.ts";
import { flags, frame, frameType, headerBlock, hello } from "../support/http/http2-frames.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer();
});
afterAll(() => fixture.server.close());

type Header = readonly [name: string, value: string];

/** A request without its body, which may follow. */
function open(stream: number, method: string, path: string, ...more: readonly Header[]): Buffer {
  const pseudo: Header[] = [
    [":method", method],
    [":scheme", "http"],
    [":authority", "localhost"],
    [":path", path],
  ];
  return frame(frameType.headers, flags.endHeaders, stream, headerBlock([...pseudo, ...more]));
}

function reset(stream: number, code: number): Buffer {
  return frame(frameType.rstStream, 0, stream, Buffer.from([0, 0, 0, code]));
}

const json: Header = ["content-type", "application/json"];
const requests: readonly (readonly [name: string, first: Buffer, second: Buffer])[] = [
  ["nothing", open(1, "GET", "/nothing"), open(3, "GET", "/nothing")],
  ["a probe", open(1, "POST", "/healthz"), open(3, "GET", "/healthz")],
  [
    "another verb",
    open(1, "GET", "/secret.v1.SecretService/ListSecrets"),
    open(3, "OPTIONS", "/secret.v1.SecretService/SaveSecrets"),
  ],
  ["no token", open(1, "POST", "/secret-svc/secrets", json), open(3, "POST", "/secret-svc/secrets", json)],
  [
    "a call that announces its body",
    open(1, "POST", "/secret-svc/secrets", json, ["authorization", `Bearer ${token}`], ["expect", "100-continue"]),
    open(3, "POST", "/secret-svc/secrets", json, ["authorization", `Bearer ${token}`], ["expect", "100-continue"]),
  ],
  [
    "a stream",
    open(1, "POST", "/secret.v1.SecretService/WatchSecrets", ["content-type", "application/grpc"]),
    open(3, "POST", "/grpc.health.v1.Health/Watch", ["content-type", "application/grpc"], ["expect", "100-continue"]),
  ],
];

describe("found by the fuzzer: a request that is reset before it is looked at", () => {
  test.each(requests)("does not end the process: %s", async (_, first, second) => {
    for (const code of [0, 8]) {
      // In one packet: both requests are there when the first one is looked at.
      const bye = frame(frameType.goAway, 0, 0, Buffer.alloc(8));
      await sendRaw(fixture, Buffer.concat([hello, first, second, reset(3, code), reset(1, code), bye]));
    }
    expect((await fetch(`${fixture.url}/healthz`)).status).toBe(200);
    expect(fixture.log).toEqual([]);
  });
});
