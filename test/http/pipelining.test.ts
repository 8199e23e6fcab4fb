import { once } from "node:events";
import net from "node:net";
import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SecretSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { connectionLimits } from "../../src/http/connection/connection-limits.ts";
import { type Fixture, startServer, token } from "../support/http/fixture.ts";

let fixture: Fixture;
let socket: net.Socket;
let received = "";
let statuses: (string | undefined)[] = [];
/** The end of what was received, which may hold the beginning of a status line. */
let tail = "";

beforeEach(async () => {
  fixture = await startServer();
  socket = net.connect(fixture.port, fixture.host);
  await once(socket, "connect");
  received = "";
  statuses = [];
  tail = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    received += text;
    // To look for them in all that was received, again and again, would take longer than a server waits for a reader.
    const found = [...(tail + text).matchAll(/HTTP\/1\.1 (\d{3})/g)];
    statuses.push(...found.map(([, status]) => status));
    tail = (tail + text).slice(1 - "HTTP/1.1 200".length);
  });
});

afterEach(async () => {
  socket.destroy();
  await fixture.server.close();
});

/** A request as it is on the wire. */
function request(path: string, body: string, more = ""): string {
  const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n`;
  return `${head}${more}content-length: ${body.length}\r\n\r\n${body}`;
}

const list = (key = "") =>
  request("/secret.v1.SecretService/ListSecrets", key === "" ? "{}" : JSON.stringify({ keys: [key] }));

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

test("fault A1: pipelined requests are served one at a time, in their order, and each gets its own answer", async () => {
  const gate = Promise.withResolvers<void>();
  fixture.gate = gate.promise;
  for (const key of ["A", "B", "C"]) fixture.secrets.set(key, create(SecretSchema, { key, value: `value-${key}` }));
  socket.write(list("A") + list("B") + request("/secret.v1.SecretService/EncryptValue", '{"value":"x"}') + list("C"));
  await until(() => fixture.calls.length > 0);
  // A request that was served early would be among the calls before a probe on another connection is answered.
  expect((await fetch(`${fixture.url}/healthz`)).status).toBe(200);
  expect(fixture.calls).toHaveLength(1);
  gate.resolve();
  await until(() => statuses.length === 4 && received.includes("value-C"));
  expect(fixture.calls).toHaveLength(4);
  expect(statuses).toEqual(["200", "200", "200", "200"]);
  const order = ["value-A", "value-B", "sealed:x", "value-C"].map((text) => received.indexOf(text));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test("fault A1: a client that does not read gets one answer made at a time", async () => {
  const value = "v".repeat(64 * 1024);
  for (let at = 0; at < 64; at += 1) fixture.secrets.set(`K${at}`, create(SecretSchema, { key: `K${at}`, value }));
  socket.pause();
  socket.write(list().repeat(20));
  await until(() => fixture.calls.length > 0);
  for (let probe = 0; probe < 5; probe += 1) await fetch(`${fixture.url}/healthz`);
  // What the kernel's buffers take may make room for a second answer of 4 MiB.
  expect(fixture.calls.length).toBeLessThanOrEqual(3);
  socket.resume();
  await until(() => statuses.length === 20);
  expect(fixture.calls).toHaveLength(20);
});

test("fault A1: of more requests than may wait the first is refused, and the last: the others are answered", async () => {
  const gate = Promise.withResolvers<void>();
  fixture.gate = gate.promise;
  const served = 1 + connectionLimits.pipelinedRequests;
  socket.write(list().repeat(served + 1 + connectionLimits.pipelinedRequests));
  await until(() => fixture.calls.length > 0);
  expect((await fetch(`${fixture.url}/healthz`)).status).toBe(200);
  const closed = once(socket, "close");
  gate.resolve();
  await closed;
  expect(statuses).toEqual([...Array(served).fill("200"), "429"]);
  expect(received).toContain("more than 32 requests wait on this connection");
  expect(received.toLowerCase()).toContain("connection: close");
  expect(fixture.calls).toHaveLength(served);
});

test("fault A1: a client that goes on sending requests after a refused one is dropped, and nothing of it is served", async () => {
  const gate = Promise.withResolvers<void>();
  fixture.gate = gate.promise;
  const closed = once(socket, "close");
  socket.on("error", () => undefined).write(list().repeat(2 + 3 * connectionLimits.pipelinedRequests));
  await closed;
  gate.resolve();
  expect((await fetch(`${fixture.url}/healthz`)).status).toBe(200);
  expect(fixture.calls.length).toBeLessThanOrEqual(1);
});

test("requests that wait when their client disconnects are never served", async () => {
  const gate = Promise.withResolvers<void>();
  fixture.gate = gate.promise;
  socket.write(list().repeat(5));
  await until(() => fixture.calls.length > 0);
  socket.destroy();
  await once(socket, "close");
  expect((await fetch(`${fixture.url}/healthz`)).status).toBe(200);
  gate.resolve();
  expect((await fetch(`${fixture.url}/healthz`)).status).toBe(200);
  expect(fixture.calls).toHaveLength(1);
});
