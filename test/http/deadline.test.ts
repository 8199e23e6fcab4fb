import { once } from "node:events";
import http2 from "node:http2";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Health } from "../../gen/health_pb.ts";
import { type Fixture, jsonHeaders, send, startServer, token } from "../support/http/fixture.ts";

let fixture: Fixture;
/** With deadlines that a call meets on a busy machine also. */
let patient: Fixture;
beforeAll(async () => {
  fixture = await startServer({ timeouts: { defaultDeadlineMs: 100, maxDeadlineMs: 150 } });
  patient = await startServer();
});
afterAll(() => Promise.all([fixture.server.close(), patient.server.close()]));

const path = "/secret-svc/secrets";

async function grpcStatus(fixture: Fixture, timeout: string): Promise<unknown> {
  const session = http2.connect(fixture.url);
  const stream = session.request({
    ":method": "POST",
    ":path": "/secret.v1.SecretService/ListSecrets",
    "content-type": "application/grpc",
    "grpc-timeout": timeout,
    authorization: `Bearer ${token}`,
  });
  stream.end(Buffer.alloc(5));
  stream.resume();
  const [headers] = await once(stream, "response");
  if (headers["grpc-status"] === undefined) {
    const [trailers] = await once(stream, "trailers");
    session.close();
    return trailers["grpc-status"];
  }
  session.close();
  return headers["grpc-status"];
}

test.each(["4294967296", "9999999999", "100"])(
  "threat 74: connect-timeout-ms %s does not end a call early",
  async (ms) => {
    const answer = await send(patient, "POST", path, {}, { ...jsonHeaders, "connect-timeout-ms": ms });
    expect(answer.status).toBe(200);
  },
);

test.each(["-1", "abc", "1e3", "99999999999", " "])("threat 74: connect-timeout-ms %j is refused", async (ms) => {
  const answer = await send(patient, "POST", path, {}, { ...jsonHeaders, "connect-timeout-ms": ms });
  expect(answer.body).toMatchObject({
    code: "invalid_argument",
    message: "the header connect-timeout-ms is malformed",
  });
});

test("threat 74: grpc-timeout: huge ones are fine, malformed ones are refused", async () => {
  expect(await grpcStatus(patient, "99999999H")).toBe("0");
  expect(await grpcStatus(patient, "-1S")).toBe(String(Code.InvalidArgument));
  expect(await grpcStatus(patient, "1x")).toBe(String(Code.InvalidArgument));
});

test("threat 74: a call is answered at its deadline, at the longest one, and at the default one", async () => {
  fixture.gate = new Promise(() => {});
  try {
    for (const timeout of [{ "connect-timeout-ms": "20" }, { "connect-timeout-ms": "9999999999" }, {}]) {
      const answer = await send(fixture, "POST", path, {}, { ...jsonHeaders, ...timeout } as Record<string, string>);
      expect(answer.status).toBe(504);
      expect(answer.body).toMatchObject({ code: "deadline_exceeded" });
    }
    expect(await grpcStatus(fixture, "20m")).toBe(String(Code.DeadlineExceeded));
    expect(await grpcStatus(fixture, "1n")).toBe(String(Code.DeadlineExceeded));
  } finally {
    fixture.gate = undefined;
  }
});

test("threat 74: a stream ends at its deadline, and a huge one does not fire at once", async () => {
  const client = createClient(Health, createGrpcTransport({ baseUrl: fixture.url }));
  const watch = async (options: { timeoutMs?: number; headers?: Record<string, string> }, stopAfterFirst: boolean) => {
    for await (const _ of client.watch({}, options)) if (stopAfterFirst) return "first";
    return "ended";
  };
  expect(await watch({ headers: { "grpc-timeout": "99999999H" } }, true)).toBe("first");
  expect(await watch({ timeoutMs: 50 }, false).catch((error) => ConnectError.from(error).code)).toBe(
    Code.DeadlineExceeded,
  );
});
