import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/health_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Fixture, jsonHeaders, startServer, token } from "../support/http/fixture.ts";

const headers = { authorization: `Bearer ${token}` };
const path = "/secret-svc/secrets";

/** Resolves when `count` calls have reached a handler, each of which then waits for the gate. */
async function inFlight(fixture: Fixture, count: number): Promise<void> {
  while (fixture.calls.length < count) await new Promise((resolve) => setImmediate(resolve));
}

test("threat 114: calls under way are answered in every protocol, new ones are refused, and then it is closed", async () => {
  const fixture = await startServer();
  const gate = Promise.withResolvers<void>();
  fixture.gate = gate.promise;
  const agent = new http.Agent({ keepAlive: true });
  const calls = [
    ...Array.from({ length: 4 }, () => viaAgent(fixture, agent)),
    ...Array.from({ length: 4 }, () => {
      const transport = createConnectTransport({ baseUrl: fixture.url, httpVersion: "2" });
      return createClient(SecretService, transport).listSecrets({}, { headers });
    }),
    ...Array.from({ length: 4 }, () => {
      return createClient(SecretService, createGrpcTransport({ baseUrl: fixture.url })).listSecrets({}, { headers });
    }),
  ];
  await inFlight(fixture, calls.length);
  const silent = net.connect(fixture.port, fixture.host);
  await once(silent, "connect");
  const closing = fixture.server.close();
  await expect(fetch(fixture.url + path, { method: "POST", headers: jsonHeaders, body: "{}" })).rejects.toThrow();
  gate.resolve();
  const answers = await Promise.all(calls);
  expect(answers.slice(0, 4)).toEqual([200, 200, 200, 200]);
  await closing;
  silent.destroy();
  agent.destroy();
});

function viaAgent(fixture: Fixture, agent: http.Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = http.request(fixture.url + path, { method: "POST", headers: jsonHeaders, agent }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode));
    });
    request.once("error", reject);
    request.end("{}");
  });
}

test("threat 114: what does not finish within the grace time is cut", async () => {
  const fixture = await startServer({ timeouts: { shutdownMs: 100 } });
  fixture.gate = new Promise(() => {});
  const grpc = createClient(SecretService, createGrpcTransport({ baseUrl: fixture.url })).listSecrets({}, { headers });
  const json = fetch(fixture.url + path, { method: "POST", headers: jsonHeaders, body: "{}" });
  const outcomes = Promise.allSettled([grpc, json]);
  await inFlight(fixture, 2);
  await fixture.server.close();
  expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

test.each([
  ["gRPC", (fixture: Fixture) => createGrpcTransport({ baseUrl: fixture.url })],
  ["Connect over HTTP/1.1", (fixture: Fixture) => createConnectTransport({ baseUrl: fixture.url, httpVersion: "1.1" })],
])("threat 114: a health watch over %s learns that the server stops, and ends", async (_name, transport) => {
  const fixture = await startServer();
  const seen: Status[] = [];
  const watch = async () => {
    for await (const { status } of createClient(Health, transport(fixture)).watch({})) {
      seen.push(status);
      if (seen.length === 1) fixture.health.setServing(true);
      if (seen.length === 2) {
        fixture.health.setServing(false);
        closing = fixture.server.close();
      }
    }
  };
  let closing: Promise<void> | undefined;
  const outcome = await watch().catch(ConnectError.from);
  await closing;
  expect(seen).toEqual([Status.NOT_SERVING, Status.SERVING, Status.NOT_SERVING]);
  expect(outcome?.code).toBe(Code.Unavailable);
});

test("threat 114: streams that their clients keep open also end", async () => {
  const fixture = await startServer();
  const session = http2.connect(fixture.url);
  const open = ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "/grpc.health.v1.Health/Watch"].map(
    (path) =>
      session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc", ...headers }).resume(),
  );
  const oversize = session.request({
    ":method": "POST",
    ":path": "/grpc.health.v1.Health/Watch",
    "content-type": "application/grpc",
  });
  oversize.write(Buffer.alloc(70_000, 1));
  await once(oversize.resume(), "response");
  const ended = open.map((stream) => once(stream, "close"));
  await fixture.server.close();
  await Promise.all(ended);
});

test("listening on a port that is taken is an error, not a crash", async () => {
  const first = await startServer();
  const second = await startServer();
  await second.server.close();
  await expect(second.server.listen(first.host, first.port)).rejects.toMatchObject({ code: "EADDRINUSE" });
  await first.server.close();
});

test("a connection that its client leaves half open is closed after the grace period", async () => {
  const fixture = await startServer({ timeouts: { shutdownMs: 200 } });
  const transport = createConnectTransport({ baseUrl: fixture.url, httpVersion: "2" });
  // The client stops to read, but says so neither to the stream nor to the connection.
  for await (const _ of createClient(Health, transport).watch({})) break;
  await fixture.server.close();
});
