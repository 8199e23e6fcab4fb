import { create, createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { type Client, Code, ConnectError, createClient, type HandlerContext } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ServerReflection } from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as Alpha } from "../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { Health, type HealthCheckRequest, HealthCheckResponse_ServingStatus as Status } from "../../gen/health_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { createHealth } from "../../src/rpc/health.ts";
import { type Fixture, send, startServer, token } from "../support/http/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer();
});
afterAll(() => fixture.server.close());

const headers = { authorization: `Bearer ${token}` };

test("health needs no token, starts as not serving, and knows every service", async () => {
  const client = createClient(Health, createGrpcTransport({ baseUrl: fixture.url }));
  for (const service of ["", "secret.v1.SecretService"]) {
    expect((await client.check({ service })).status).toBe(Status.NOT_SERVING);
  }
  fixture.health.setServing(true);
  expect((await client.check({})).status).toBe(Status.SERVING);
  expect(Object.keys((await client.list({})).statuses)).toEqual(["", "secret.v1.SecretService"]);
  expect(await client.check({ service: "other" }).catch(ConnectError.from)).toMatchObject({ code: Code.NotFound });
  const json = await send(fixture, "POST", "/grpc.health.v1.Health/Check", {}, { "content-type": "application/json" });
  expect(json.body).toEqual({ status: "SERVING" });
});

test.each([
  ["Connect over HTTP/1.1", () => createConnectTransport({ baseUrl: fixture.url, httpVersion: "1.1" })],
  ["Connect over HTTP/2", () => createConnectTransport({ baseUrl: fixture.url, httpVersion: "2" })],
  ["gRPC", () => createGrpcTransport({ baseUrl: fixture.url })],
  ["gRPC-Web", () => createGrpcWebTransport({ baseUrl: fixture.url, httpVersion: "1.1" })],
] as const)("fault C8: streams over %s say that proxies must not collect them", async (_name, transport) => {
  let buffering: string | null = "";
  const onHeader = (sent: Headers) => (buffering = sent.get("x-accel-buffering"));
  const stopped = new AbortController();
  for await (const _ of createClient(Health, transport()).watch({}, { onHeader, signal: stopped.signal })) break;
  stopped.abort();
  expect(buffering).toBe("no");
  for await (const _ of createClient(SecretService, transport()).watchSecrets({}, { headers, onHeader }));
  expect(buffering).toBe("no");
});

test("fault A5: strangers who watch do not keep others from it: the one that has watched longest ends", async () => {
  const { implementation, close } = createHealth([]);
  const signal = new AbortController().signal;
  const watch = () => {
    const context = { signal } as HandlerContext;
    return (implementation.watch({ service: "" } as HealthCheckRequest, context) as AsyncIterable<unknown>)[
      Symbol.asyncIterator
    ]();
  };
  const first = watch();
  await first.next();
  const ended = Promise.resolve(first.next()).catch(ConnectError.from);
  for (let at = 1; at < 1000; at += 1) await watch().next();
  const newest = watch();
  expect(await newest.next()).toMatchObject({ done: false });
  expect(await ended).toMatchObject({ code: Code.ResourceExhausted });
  close();
});

test("a watch of an unknown service says so and goes on", async () => {
  const client = createClient(Health, createGrpcTransport({ baseUrl: fixture.url }));
  for await (const { status } of client.watch({ service: "other" })) {
    expect(status).toBe(Status.SERVICE_UNKNOWN);
    break;
  }
});

test("threat 34: without a token a body has 64 KiB at most, also as a message of a stream", async () => {
  const service = "x".repeat(65 * 1024);
  const unary = await send(
    fixture,
    "POST",
    "/grpc.health.v1.Health/Check",
    { service },
    { "content-type": "application/json" },
  );
  expect(unary.status).toBe(429);
  const client = createClient(Health, createGrpcTransport({ baseUrl: fixture.url }));
  const error = await first(client.watch({ service })).catch(ConnectError.from);
  expect(error).toMatchObject({ code: Code.ResourceExhausted });
});

test("threat 73: what a stream could not decode is not repeated", async () => {
  const message = Buffer.from('{"service":canary-4711}');
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  const type = { "content-type": "application/connect+json" };
  for (const body of [message, Buffer.from('{"canary-4711":1}')]) {
    head.writeUInt32BE(body.length, 1);
    const answer = await send(fixture, "POST", "/grpc.health.v1.Health/Watch", Buffer.concat([head, body]), type);
    expect(answer.text).toContain("invalid_argument");
    expect(answer.text).not.toContain("canary");
  }
});

test("threat 89: reflection needs a token, over gRPC and Connect", async () => {
  const grpc = createClient(ServerReflection, createGrpcTransport({ baseUrl: fixture.url }));
  const connect = createClient(ServerReflection, createConnectTransport({ baseUrl: fixture.url, httpVersion: "2" }));
  for (const client of [grpc, connect]) {
    const error = await first(ask(client, { case: "listServices", value: "" }, {})).catch(ConnectError.from);
    expect(error).toMatchObject({ code: Code.Unauthenticated });
  }
});

type Reflection = Client<typeof ServerReflection>;
type Question = NonNullable<
  Parameters<Reflection["serverReflectionInfo"]>[0] extends AsyncIterable<infer R> ? R : never
>["messageRequest"];

function ask(client: Reflection, messageRequest: Question, callHeaders: Record<string, string>) {
  return client.serverReflectionInfo(
    (async function* () {
      yield { messageRequest } as never;
    })(),
    { headers: callHeaders },
  );
}

async function first<T>(stream: AsyncIterable<T>): Promise<T> {
  for await (const message of stream) return message;
  throw new Error("the stream was empty");
}

test.each([
  ["v1", () => createClient(ServerReflection, createGrpcTransport({ baseUrl: fixture.url }))],
  ["v1alpha", () => createClient(Alpha, createGrpcTransport({ baseUrl: fixture.url })) as unknown as Reflection],
])("reflection %s answers a schema that can be built again", async (_version, make) => {
  const client = make();
  const listed = await first(ask(client, { case: "listServices", value: "" }, headers));
  if (listed.messageResponse.case !== "listServicesResponse") throw new Error("wrong answer");
  expect(listed.messageResponse.value.service.map(({ name }) => name)).toEqual([
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    "secret.v1.SecretService",
  ]);
  for (const symbol of [
    "secret.v1.SecretService",
    "secret.v1.SecretService.ListSecrets",
    "secret.v1.SecretInput.value",
    "secret.v1.SecretView",
  ]) {
    const found = await first(ask(client, { case: "fileContainingSymbol", value: symbol }, headers));
    if (found.messageResponse.case !== "fileDescriptorResponse") throw new Error(`${symbol} was not found`);
    const file = found.messageResponse.value.fileDescriptorProto.map((bytes) =>
      fromBinary(FileDescriptorProtoSchema, bytes),
    );
    expect(file[0]?.name).toBe("secret/v1/secret_service.proto");
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: file.toReversed() }));
    expect(registry.getService("secret.v1.SecretService")?.methods.map(({ name }) => name)).toContain("SaveSecrets");
  }
});

test("reflection finds files and extensions, and says what it does not have", async () => {
  const client = createClient(ServerReflection, createGrpcTransport({ baseUrl: fixture.url }));
  const cases = async (question: Question) => (await first(ask(client, question, headers))).messageResponse;
  expect((await cases({ case: "fileByFilename", value: "google/api/http.proto" })).case).toBe("fileDescriptorResponse");
  const extension = { containingType: "google.protobuf.MethodOptions", extensionNumber: 72295728 };
  expect((await cases({ case: "fileContainingExtension", value: extension as never })).case).toBe(
    "fileDescriptorResponse",
  );
  expect(await cases({ case: "allExtensionNumbersOfType", value: "google.protobuf.MethodOptions" })).toMatchObject({
    value: { extensionNumber: expect.arrayContaining([50001, 72295728]) },
  });
  for (const question of [
    { case: "fileByFilename", value: "nothing.proto" },
    { case: "fileContainingSymbol", value: "no.Such" },
    { case: "allExtensionNumbersOfType", value: "no.Such" },
  ] as const) {
    expect(await cases(question)).toMatchObject({ case: "errorResponse", value: { errorCode: Code.NotFound } });
  }
  expect(await cases({ case: undefined })).toMatchObject({ value: { errorCode: Code.InvalidArgument } });
});
