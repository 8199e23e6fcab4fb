import { brotliCompressSync, gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ListSecretsRequestSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Fixture, jsonHeaders, send, startServer } from "../support/http/fixture.ts";
import { callGrpc, gzipBomb } from "../support/http/gzip-calls.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer();
});
afterAll(() => fixture.server.close());

const path = "/secret-svc/secrets";
const rpc = "/secret.v1.SecretService/ListSecrets";
const gzipHeaders = { ...jsonHeaders, "content-encoding": "gzip" };

test("compressed requests are served: Connect JSON and binary, REST, gRPC", async () => {
  expect((await send(fixture, "POST", path, gzipSync('{"keys":["a/b"]}'), gzipHeaders)).status).toBe(200);
  expect((await send(fixture, "POST", rpc, gzipSync("{}"), gzipHeaders)).status).toBe(200);
  const message = toBinary(ListSecretsRequestSchema, create(ListSecretsRequestSchema, { keys: ["a/b"] }));
  const binary = { ...gzipHeaders, "content-type": "application/proto" };
  expect((await send(fixture, "POST", rpc, gzipSync(message), binary)).status).toBe(200);
  expect(await callGrpc(fixture, gzipSync(message), 1, "gzip")).toBe("0");
  expect(await callGrpc(fixture, message, 0, "gzip")).toBe("0");
  expect(await callGrpc(fixture, gzipSync(message), 1, undefined)).toBe(String(Code.Internal));
});

test("threat 66: a gzip bomb is refused at the limit, over any protocol", async () => {
  const bytes = await gzipBomb(50);
  const binary = { ...gzipHeaders, "content-type": "application/proto" };
  const answers = [
    await send(fixture, "POST", path, bytes, gzipHeaders),
    await send(fixture, "POST", rpc, bytes, binary),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({ code: "resource_exhausted" });
  }
  expect(await callGrpc(fixture, bytes, 1, "gzip")).toBe(String(Code.ResourceExhausted));
});

test.each([
  ["br", brotliCompressSync("{}")],
  ["deflate", Buffer.from("{}")],
  ["gzip, gzip", gzipSync(gzipSync("{}"))],
  ["x-gzip", gzipSync("{}")],
])("threat 66: a body encoded with %s is refused, and the error says what is accepted", async (encoding, body) => {
  const answer = await send(fixture, "POST", path, body, { ...jsonHeaders, "content-encoding": encoding });
  expect(answer.status).toBe(501);
  expect(answer.body).toMatchObject({ code: "unimplemented" });
  expect(answer.headers.get("accept-encoding")).toBe("gzip");
  expect(await callGrpc(fixture, body, 1, encoding)).toBe(String(Code.Unimplemented));
});

test("threat 66: what claims to be gzip and is not, or is cut short, is refused", async () => {
  for (const body of [Buffer.from("{}"), gzipSync("{}").subarray(0, 12)]) {
    const answer = await send(fixture, "POST", path, body, gzipHeaders);
    expect(answer.body).toMatchObject({ code: "invalid_argument", message: "the body is not valid gzip" });
  }
});
