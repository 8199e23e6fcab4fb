import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ListSecretsRequestSchema, ListSecretsResponseSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Fixture, startServer, token } from "../support/http/fixture.ts";

let fixture: Fixture;
let client: grpc.Client;
beforeAll(async () => {
  fixture = await startServer();
  client = new grpc.Client(`${fixture.host}:${fixture.port}`, grpc.credentials.createInsecure(), {
    "grpc.default_compression_algorithm": grpc.compressionAlgorithms.gzip,
  });
});
afterAll(async () => {
  client.close();
  await fixture.server.close();
});

type Answer = { error: grpc.ServiceError | null; keys: string[] };

function list(keys: string[], authorization: string | undefined, deadlineMs = 5000): Promise<Answer> {
  const metadata = new grpc.Metadata();
  if (authorization !== undefined) metadata.set("authorization", authorization);
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      "/secret.v1.SecretService/ListSecrets",
      (message: string[]) =>
        Buffer.from(toBinary(ListSecretsRequestSchema, create(ListSecretsRequestSchema, { keys: message }))),
      (bytes) => fromBinary(ListSecretsResponseSchema, bytes).secrets.map(({ key }) => key),
      keys,
      metadata,
      { deadline: Date.now() + deadlineMs },
      (error, answer) => resolve({ error, keys: answer ?? [] }),
    );
  });
}

test("a client of grpc-js is served, compressing its requests", async () => {
  fixture.secrets.set("a/b", { key: "a/b" } as never);
  expect(await list(["a/b"], `Bearer ${token}`)).toEqual({ error: null, keys: ["a/b"] });
  // Fewer than the streams of a connection: Node counts a stream for a while after its client saw its end.
  const many = await Promise.all(Array.from({ length: 60 }, () => list(["a/b"], `Bearer ${token}`)));
  expect(many.every(({ error }) => error === null)).toBe(true);
});

test("a client of grpc-js sees codes, messages, details and deadlines", async () => {
  const missing = await list([], undefined);
  expect(missing.error).toMatchObject({ code: grpc.status.UNAUTHENTICATED, details: "the token is not valid" });
  const forbidden = await list(["forbidden"], `Bearer ${token}`);
  expect(forbidden.error).toMatchObject({ code: grpc.status.PERMISSION_DENIED });
  expect(forbidden.error?.metadata.get("grpc-status-details-bin")).toHaveLength(1);
  const large = await list(["x".repeat(5_000_000)], `Bearer ${token}`);
  expect(large.error).toMatchObject({ code: grpc.status.RESOURCE_EXHAUSTED });
  fixture.gate = new Promise(() => {});
  expect((await list([], `Bearer ${token}`, 50)).error).toMatchObject({ code: grpc.status.DEADLINE_EXCEEDED });
  fixture.gate = undefined;
});
