import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Fixture, send, startServer, token } from "../support/http/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer();
});
afterAll(() => fixture.server.close());

const authorized = { headers: { authorization: `Bearer ${token}` } };

test.each([
  [
    "Connect JSON over HTTP/1.1",
    () => createConnectTransport({ baseUrl: fixture.url, httpVersion: "1.1", useBinaryFormat: false }),
  ],
  [
    "Connect JSON over HTTP/2",
    () => createConnectTransport({ baseUrl: fixture.url, httpVersion: "2", useBinaryFormat: false }),
  ],
  [
    "Connect binary over HTTP/1.1",
    () => createConnectTransport({ baseUrl: fixture.url, httpVersion: "1.1", useBinaryFormat: true }),
  ],
  [
    "Connect binary over HTTP/2",
    () => createConnectTransport({ baseUrl: fixture.url, httpVersion: "2", useBinaryFormat: true }),
  ],
  ["gRPC", () => createGrpcTransport({ baseUrl: fixture.url })],
  ["gRPC-Web over HTTP/1.1", () => createGrpcWebTransport({ baseUrl: fixture.url, httpVersion: "1.1" })],
  ["gRPC-Web over HTTP/2", () => createGrpcWebTransport({ baseUrl: fixture.url, httpVersion: "2" })],
])("%s serves the same handlers on the same port", async (_name, transport) => {
  const client = createClient(SecretService, transport());
  const saved = await client.saveSecrets({ secrets: [{ key: "alice/A", value: "v" }] }, authorized);
  expect(saved.results[0]?.version).toBe(1);
  const { secrets } = await client.listSecrets({ keys: ["alice/A"] }, authorized);
  expect(secrets[0]?.value).toBe("v");
});

test("REST paths serve the same handlers", async () => {
  const saved = await send(fixture, "PUT", "/secret-svc/secrets", { secrets: [{ key: "alice/R", value: "r" }] });
  expect(saved.status).toBe(200);
  const listed = await send(fixture, "POST", "/secret-svc/secrets", { keys: ["alice/R"] });
  expect(listed.body).toMatchObject({
    secrets: [{ key: "alice/R", value: "r", encrypted: false, writers: [] }],
    missingKeys: [],
  });
  const removed = await send(fixture, "DELETE", "/secret-svc/secrets", { keys: ["alice/R"] });
  expect(removed.body).toMatchObject({ removed: [{ key: "alice/R" }] });
  expect((await send(fixture, "POST", "/secret-svc/remove", { keys: ["alice/R"] })).body).toEqual({ removed: [] });
  expect((await send(fixture, "GET", "/secret-svc/is-secure", undefined)).body).toEqual({
    isSecure: true,
    reasons: [],
    findings: [],
  });
});
