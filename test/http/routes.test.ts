import http2 from "node:http2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { createRouteTable } from "../../src/http/call/routes.ts";
import { serveService } from "../../src/http/call/service.ts";
import { type Fixture, jsonHeaders, send, sendRaw, startServer, token } from "../support/http/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer();
});
afterAll(() => fixture.server.close());

const rpc = "/secret.v1.SecretService/ListSecrets";

test.each([
  "/",
  "//secret-svc/secrets",
  "/secret-svc/secrets/",
  "/secret-svc//secrets",
  "/secret-svc%2fsecrets",
  "/secret-svc/secrets;a=b",
  "/SECRET-SVC/secrets",
  "/secret-svc/./secrets",
  "/secret.v1.SecretService/listSecrets",
  "//secret.v1.SecretService/ListSecrets",
  "/secret.v1.SecretService%2fListSecrets",
  "/secret.v1.SecretService/ListSecrets/",
  "/secret.v1.SecretService/",
  "/__proto__",
  "/constructor",
])("threat 51: nothing is at %s", async (path) => {
  const request = `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n`;
  const answer = await sendRaw(fixture, `${request}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`);
  expect(answer).toMatch(/^HTTP\/1.1 404 /);
  expect(answer).toContain('{"code":"unimplemented","message":"there is nothing at this path"}');
});

test.each([
  ["GET", "/secret-svc/secrets", "DELETE, POST, PUT"],
  ["PATCH", "/secret-svc/secrets", "DELETE, POST, PUT"],
  ["OPTIONS", "/secret-svc/secrets", "DELETE, POST, PUT"],
  ["HEAD", "/secret-svc/secrets", "DELETE, POST, PUT"],
  ["HEAD", rpc, "POST"],
  ["POST", "/secret-svc/is-secure", "GET, HEAD"],
  ["GET", "/secret-svc/remove", "POST"],
  ["GET", `${rpc}?encoding=json&message={}`, "POST"],
  ["PUT", rpc, "POST"],
  ["POST", "/healthz", "GET, HEAD"],
])("threat 49: %s %s is refused with the verbs that are served", async (verb, path, allow) => {
  const answer = await send(fixture, verb, path, undefined, {});
  expect(answer.status).toBe(405);
  expect(answer.headers.get("allow")).toBe(allow);
});

test("fault C16: HEAD is served wherever GET is, without a body", async () => {
  for (const path of ["/secret-svc/is-secure", "/secret-svc/sealing-key"]) {
    const got = await send(fixture, "GET", path, undefined, jsonHeaders);
    const head = await send(fixture, "HEAD", path, undefined, jsonHeaders);
    expect([head.status, head.text, head.headers.get("content-type")]).toEqual([200, "", "application/json"]);
    expect(head.headers.get("content-length")).toBe(got.headers.get("content-length"));
  }
  const refused = await send(fixture, "HEAD", "/secret-svc/is-secure", undefined, {});
  expect([refused.status, refused.text]).toEqual([401, ""]);
  const session = http2.connect(fixture.url);
  const stream = session.request({ ":method": "HEAD", ":path": "/secret-svc/is-secure", ...jsonHeaders });
  const headers = await new Promise<http2.IncomingHttpHeaders>((resolve) => stream.once("response", resolve));
  expect(headers[":status"]).toBe(200);
  session.close();
});

test("fault C16: headers of 16 KiB and more are refused with 431 over HTTP/1.1 and HTTP/2, and smaller ones are not", async () => {
  // What Node counts: the path, "host", "x", "x-long".
  const others = "/healthz".length + "hostx".length + "x-long".length;
  for (const [bytes, status] of [
    [16 * 1024 - 1, 200],
    [16 * 1024, 431],
    [20_000, 431],
  ] as const) {
    const value = "y".repeat(bytes - others);
    const short = value.slice("connectionclose".length);
    const head = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
    const answer = await sendRaw(fixture, `${head}x-long: ${short}\r\n\r\n`);
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    const session = http2.connect(fixture.url);
    const stream = session.request({ ":method": "GET", ":path": "/healthz", ":authority": "x", "x-long": value });
    const headers = await new Promise<http2.IncomingHttpHeaders>((resolve) => stream.once("response", resolve));
    expect(headers[":status"]).toBe(status);
    session.destroy();
  }
});

test("probes need no token", async () => {
  const healthy = await send(fixture, "GET", "/healthz?verbose", undefined, {});
  expect([healthy.status, healthy.text, healthy.headers.get("cache-control")]).toEqual([200, "ok\n", "no-store"]);
  expect((await send(fixture, "GET", "/readyz", undefined, {})).status).toBe(503);
  expect((await send(fixture, "HEAD", "/healthz", undefined, {})).text).toBe("");
});

test("threat 83: no answer is compressed, and none may be cached", async () => {
  const value = "a".repeat(10_000);
  await send(fixture, "PUT", "/secret-svc/secrets", { secrets: [{ key: "a/b", value }] });
  for (const [verb, path, headers] of [
    ["POST", "/secret-svc/secrets", jsonHeaders],
    ["POST", rpc, jsonHeaders],
    ["POST", rpc, { "content-type": "application/json" }],
    ["GET", "/nothing", {}],
    ["PUT", rpc, {}],
    ["GET", "/healthz", {}],
    ["POST", rpc, { ...jsonHeaders, "content-type": "text/html" }],
  ] as const) {
    const body = verb === "POST" ? "{}" : undefined;
    const answer = await send(fixture, verb, path, body, { ...headers, "accept-encoding": "gzip, br, deflate, zstd" });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("content-encoding")).toBeNull();
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test("threat 83: gRPC answers are not compressed either", async () => {
  const session = http2.connect(fixture.url);
  const stream = session.request({
    ":method": "POST",
    ":path": rpc,
    "content-type": "application/grpc",
    "grpc-accept-encoding": "gzip",
    authorization: `Bearer ${token}`,
  });
  stream.end(Buffer.alloc(5));
  const headers = await new Promise<http2.IncomingHttpHeaders>((resolve) => stream.once("response", resolve));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  session.close();
  expect(headers["grpc-encoding"]).toBeUndefined();
  expect(headers["cache-control"]).toBe("no-store");
  expect(Buffer.concat(chunks)[0]).toBe(0);
});

test("threat 35: no origin is allowed, and preflights are not answered", async () => {
  const headers = { origin: "https://evil.example", "access-control-request-method": "POST" };
  const preflight = await send(fixture, "OPTIONS", rpc, undefined, headers);
  const call = await send(fixture, "POST", rpc, {}, { ...jsonHeaders, ...headers });
  for (const answer of [preflight, call]) {
    expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
});

test("one method of a service that needs tokens may be public, and only that one", async () => {
  const headers = { "content-type": "application/json" };
  const wrong = { ...headers, authorization: "Bearer oo_wrong" };
  for (const sent of [headers, wrong]) {
    const rest = await send(fixture, "GET", "/secret-svc/sealing-key", undefined, sent);
    expect([rest.status, rest.body]).toEqual([200, { kid: "0011223344556677", suite: "", publicKey: "" }]);
    expect((await send(fixture, "POST", "/secret.v1.SecretService/GetSealingKey", {}, sent)).status).toBe(200);
    expect((await send(fixture, "POST", "/secret-svc/encrypt", { value: "v" }, sent)).status).toBe(401);
    expect((await send(fixture, "GET", "/secret-svc/is-secure", undefined, sent)).status).toBe(401);
  }
});

test("a path that two methods claim, or that no one implements, is found at start", () => {
  const implementation = {
    listSecrets: () => ({}),
    saveSecrets: () => ({}),
    removeSecrets: () => ({}),
    getSealingKey: () => ({}),
    encryptValue: () => ({}),
    decryptValue: () => ({}),
    explainAccess: () => ({}),
    async *watchSecrets() {},
    listVersions: () => ({}),
    restoreVersion: () => ({}),
    purgeSecrets: () => ({}),
    copySecrets: () => ({}),
    compareNamespaces: () => ({}),
    isSecure: () => ({}),
  };
  const served = serveService(SecretService, implementation, { isPublic: false });
  expect(() => createRouteTable([served, served])).toThrow("two methods are bound to POST");
  const partial = { ...served, implementation: { ...served.implementation } };
  delete (partial.implementation as Record<string, unknown>).isSecure;
  expect(() => createRouteTable([partial])).toThrow("secret.v1.SecretService.IsSecure is not implemented");
});
