import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ErrorDetailSchema, Reason } from "../../gen/secret/v1/error_pb.ts";
import { SaveSecretsRequestSchema, SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Fixture, jsonHeaders, send, startServer, token } from "../support/http/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer();
});
afterAll(() => fixture.server.close());
beforeEach(() => fixture.secrets.clear());

const path = "/secret-svc/secrets";
const canary = "canary-s3cr3t-8d1f";
const protoHeaders = { ...jsonHeaders, "content-type": "application/proto" };
const saveRpc = "/secret.v1.SecretService/SaveSecrets";

function detail(answer: { body: Record<string, unknown> }) {
  const [first] = (answer.body.details ?? []) as { type: string; debug: Record<string, unknown> }[];
  return first?.debug;
}

test.each([
  [
    "threat 59: an unknown field",
    { secrets: [{ key: "a/b", value: canary, reader: ["x"] }] },
    'SecretInput has no field "reader"',
    "reader",
  ],
  [
    "threat 60: the same field twice",
    `{"secrets":[],"secrets":[{"value":"${canary}"}]}`,
    '"secrets" is given twice in the same object',
    "secrets",
  ],
  [
    "threat 60: the same field by both names",
    `{"validateOnly":true,"validate_only":true}`,
    'SaveSecretsRequest has the field "validateOnly" twice',
    "validateOnly",
  ],
  [
    "threat 60: the same name twice in a map",
    `{"secrets":[{"metadata":{"m":"${canary}","m":"2"}}]}`,
    '"m" is given twice in the same object',
    "m",
  ],
  [
    "threat 54: an object for a string",
    { secrets: [{ key: { $ne: canary } }] },
    'field "key" of SecretInput must be a string of valid Unicode',
    "key",
  ],
  [
    "threat 54: a number for a string",
    { secrets: [{ value: 12345678 }] },
    'field "value" of SecretInput must be a string of valid Unicode',
    "value",
  ],
  [
    "threat 54: a string for a list",
    { secrets: [{ readers: canary }] },
    'field "readers" of SecretInput must be a list, and each of its items a string of valid Unicode',
    "readers",
  ],
  ["threat 54: a list for the message", "[]", "SaveSecretsRequest must be an object with its fields", undefined],
  [
    "threat 54: a string for a truth value",
    { validateOnly: canary },
    'field "validateOnly" of SaveSecretsRequest must be true or false',
    "validateOnly",
  ],
  [
    "threat 54: a negative version",
    { secrets: [{ ifVersion: -1 }] },
    'field "ifVersion" of SecretInput must be a whole number from 0 to 4294967295',
    "ifVersion",
  ],
  [
    "threat 62: half a surrogate pair",
    `{"secrets":[{"value":"${canary}\\ud800"}]}`,
    'field "value" of SecretInput must be a string of valid Unicode',
    "value",
  ],
  ["threat 73: broken JSON", `{"secrets":[{"value":${canary}}]}`, "the body is not valid JSON", undefined],
  [
    "threat 73: an unknown field name",
    `{"${canary} ":1}`,
    "the body names a field that SaveSecretsRequest does not have",
    undefined,
  ],
  [
    "threat 73: an unknown name given twice",
    `{"secrets":[{"metadata":{"${canary} ":"","${canary} ":""}}]}`,
    "a name is given twice in the same object",
    undefined,
  ],
  ["threat 67: deep nesting", `${"[".repeat(100_000)}`, "the body is nested more than 32 levels deep", undefined],
  ["an empty Connect body", "", "the body is not valid JSON", undefined],
])("%s is refused, named and not repeated", async (_name, body, message, field) => {
  const answer = await send(fixture, "POST", saveRpc, body);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ code: "invalid_argument", message });
  expect(detail(answer)).toEqual({ reason: "REASON_INVALID_BODY", ...(field === undefined ? {} : { field }) });
  expect(answer.text).not.toContain(canary);
  expect(fixture.secrets.size).toBe(0);
});

test("an unknown enum name is refused without repeating it", async () => {
  const answer = await send(fixture, "POST", path, { view: canary });
  expect(answer.body).toMatchObject({
    code: "invalid_argument",
    message: "a field of type SecretView must be one of the names of that enum",
  });
  expect(answer.text).not.toContain(canary);
});

test("threat 61: a body that is not UTF-8 is refused, not altered", async () => {
  const body = Buffer.concat([
    Buffer.from('{"secrets":[{"key":"a/b","value":"'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}]}'),
  ]);
  const answer = await send(fixture, "PUT", path, body);
  expect(answer.body).toMatchObject({ code: "invalid_argument", message: "the body is not valid UTF-8" });
  expect(fixture.secrets.size).toBe(0);
});

test("threat 61: text beyond ASCII arrives as it was sent", async () => {
  const value = "päss\u0000wörd \u{1f511} \u2028 \ufeff";
  await send(fixture, "PUT", path, { secrets: [{ key: "a/b", value }] });
  expect(fixture.secrets.get("a/b")?.value).toBe(value);
  const answer = await send(fixture, "POST", path, {});
  expect(answer.body).toMatchObject({ secrets: [{ value }] });
});

test("threat 57: names such as __proto__ are stored and returned as they are", async () => {
  const metadata = '{"__proto__":"p","constructor":"c","toString":"t","hasOwnProperty":"h"}';
  await send(fixture, "PUT", path, `{"secrets":[{"key":"a/b","value":"v","metadata":${metadata}}]}`);
  const answer = await send(fixture, "POST", path, {});
  expect(answer.text).toContain(`"metadata":${metadata}`);
  expect(({} as Record<string, unknown>).p).toBeUndefined();
});

test("threat 65: a body over 4 MiB is refused by its declared size, and when it turns out so", async () => {
  const body = `{"keys":["${"x".repeat(4 * 1024 * 1024)}"]}`;
  const declared = await send(fixture, "POST", path, body);
  expect(declared.status).toBe(429);
  expect(declared.body).toMatchObject({ code: "resource_exhausted" });
  expect(detail(declared)).toEqual({ reason: "REASON_LIMIT_EXCEEDED", limit: "4194304", actual: String(body.length) });
  const streamed = await fetch(fixture.url + path, {
    method: "POST",
    headers: jsonHeaders,
    body: new Blob([body]).stream(),
    duplex: "half",
  } as RequestInit);
  expect(streamed.status).toBe(429);
});

test("threat 65: gRPC and gRPC-Web have the same limit", async () => {
  for (const transport of [
    createGrpcTransport({ baseUrl: fixture.url }),
    createGrpcWebTransport({ baseUrl: fixture.url, httpVersion: "1.1" }),
  ]) {
    const client = createClient(SecretService, transport);
    const headers = { authorization: `Bearer ${token}` };
    const error = await client
      .listSecrets({ keys: ["x".repeat(5 * 1024 * 1024)] }, { headers })
      .catch(ConnectError.from);
    expect(error).toMatchObject({ code: Code.ResourceExhausted });
    const [found] = (error as ConnectError).findDetails(ErrorDetailSchema);
    expect(found).toMatchObject({ reason: Reason.LIMIT_EXCEEDED, limit: 4194304n });
  }
});

test("threat 34: more than 50,000 values are refused before decoding, as JSON and as binary", async () => {
  const json = await send(fixture, "POST", saveRpc, `{"secrets":[${"{},".repeat(50_000)}{}]}`);
  expect(json.status).toBe(429);
  expect(detail(json)).toEqual({ reason: "REASON_LIMIT_EXCEEDED", limit: "50000" });
  const secrets = Array.from({ length: 50_001 }, () => ({}));
  const binary = await send(
    fixture,
    "POST",
    saveRpc,
    toBinary(SaveSecretsRequestSchema, create(SaveSecretsRequestSchema, { secrets })),
    protoHeaders,
  );
  expect(binary.status).toBe(429);
  expect((await send(fixture, "POST", saveRpc, `{"secrets":[${"{},".repeat(40_000)}{}]}`)).status).toBe(200);
});

test("threat 59: an unknown binary field in a save is refused, also deep inside; elsewhere it is ignored", async () => {
  const unknown = new BinaryWriter().tag(9999, WireType.LengthDelimited).string(canary).finish();
  const nested = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(unknown).finish();
  for (const body of [unknown, nested]) {
    const answer = await send(fixture, "POST", saveRpc, body, protoHeaders);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      message: "SaveSecretsRequest has a field that this version of the service does not know",
    });
    expect(answer.text).not.toContain(canary);
  }
  expect((await send(fixture, "POST", "/secret.v1.SecretService/ListSecrets", unknown, protoHeaders)).status).toBe(200);
});

test.each([
  ["cut short", Buffer.from([0x0a, 0x7f, 0x41])],
  ["with a bad tag", Buffer.from([0x07, 0x00])],
  ["with bad UTF-8", Buffer.from([0x0a, 0x04, 0x12, 0x02, 0xff, 0xfe])],
  ["nested too deep", deepGroups(200)],
])("threat 67: a binary message %s is refused", async (_name, body) => {
  const answer = await send(fixture, "POST", saveRpc, body, protoHeaders);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ message: "the body is not a valid SaveSecretsRequest in the binary format" });
});

function deepGroups(depth: number): Uint8Array {
  const writer = new BinaryWriter();
  for (let level = 0; level < depth; level++) writer.tag(100, WireType.StartGroup);
  for (let level = 0; level < depth; level++) writer.tag(100, WireType.EndGroup);
  return writer.finish();
}

test.each([
  ["application/json; charset=utf-8", 200],
  ["application/json;charset=UTF-8", 200],
  ['Application/JSON; charset="utf-8"', 200],
  ["application/json; charset=latin1", 415],
  ["application/json; charset=utf-16", 415],
  ["application/x-www-form-urlencoded", 415],
  ["multipart/form-data; boundary=x", 415],
  ["text/plain", 415],
  ["application/proto", 415],
  ["application/grpc+json", 415],
  ["application/grpc-web+json", 415],
])("a REST body of type %s gets %i", async (type, status) => {
  const answer = await send(fixture, "POST", path, "{}", { ...jsonHeaders, "content-type": type });
  expect(answer.status).toBe(status);
  if (status === 415) expect(answer.text).toContain("send content-type: application/json");
});

test.each(["application/grpc+json", "application/grpc-web+json", "application/connect+json", "text/json", ""])(
  "a call with a body of type %j is refused with 415",
  async (type) => {
    const { authorization } = jsonHeaders;
    const answer = await send(fixture, "POST", saveRpc, Buffer.from("{}"), {
      authorization,
      ...(type === "" ? {} : { "content-type": type }),
    });
    expect(answer.status).toBe(415);
  },
);

test("a REST body needs no content type, and none is an empty message", async () => {
  const { authorization } = jsonHeaders;
  expect((await send(fixture, "POST", path, Buffer.from('{"keys":["a/b"]}'), { authorization })).status).toBe(200);
  expect((await send(fixture, "POST", path, undefined, { authorization })).status).toBe(200);
});

test("an error of a handler keeps its detail; one that no one foresaw is reported as internal and logged", async () => {
  const known = await send(fixture, "POST", path, { keys: ["forbidden"] });
  expect(known.status).toBe(403);
  expect(detail(known)).toEqual({ reason: "REASON_MISSING_RIGHT", key: "forbidden" });
  fixture.log.length = 0;
  const unknown = await send(fixture, "POST", path, { keys: ["explode"] });
  expect(unknown.status).toBe(500);
  expect(unknown.text).toBe('{"code":"internal","message":"internal error"}');
  expect(fixture.log).toMatchObject([
    { message: "ListSecrets failed", requestId: unknown.headers.get("x-request-id") },
  ]);
});
