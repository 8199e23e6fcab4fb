import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Fixture, jsonHeaders, send, startServer, token } from "../support/http/fixture.ts";

const origin = "https://console.example.com";
const question = { "access-control-request-method": "PUT", "access-control-request-headers": "authorization" };
const rpc = "/secret.v1.SecretService/ListSecrets";
const stream = "/grpc.health.v1.Health/Watch";

/** Headers of CORS in an answer. */
function corsHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-") || name === "vary"));
}

/** Requests that are served in all the ways there are, and refused in most of them. */
const requests: [string, string, unknown, Record<string, string>][] = [
  ["POST", "/secret-svc/secrets", {}, jsonHeaders],
  ["POST", rpc, {}, jsonHeaders],
  ["POST", rpc, {}, { "content-type": "application/json" }],
  ["POST", rpc, "x", { ...jsonHeaders, "content-type": "application/grpc-web+proto" }],
  ["POST", rpc, "x", { ...jsonHeaders, "content-type": "text/html" }],
  ["POST", "/secret-svc/secrets", "{", jsonHeaders],
  ["POST", stream, "x", { "content-type": "application/connect+json" }],
  ["POST", stream, "x", { "content-type": "text/plain" }],
  ["GET", "/healthz", undefined, {}],
  ["GET", "/nothing", undefined, {}],
  ["OPTIONS", "/secret-svc/secrets", undefined, {}],
];

describe("without allowed origins", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startServer();
  });
  afterAll(() => fixture.server.close());

  test("threat 35: nothing is said about origins, and no browser learns that it may ask", async () => {
    for (const [verb, path, body, headers] of requests) {
      const answer = await send(fixture, verb, path, body, { ...headers, origin });
      expect(corsHeaders(answer.headers)).toEqual({});
    }
    const asked = await send(fixture, "OPTIONS", rpc, undefined, { ...question, origin });
    expect(asked.status).toBe(405);
    expect(corsHeaders(asked.headers)).toEqual({});
  });
});

describe("with an allowed origin", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startServer({ corsOrigins: [origin, "http://localhost:3000"] });
  });
  afterAll(() => fixture.server.close());

  test("a browser learns before the call what a page of that origin may send", async () => {
    for (const path of ["/secret-svc/secrets", rpc, stream]) {
      const answer = await send(fixture, "OPTIONS", path, undefined, { ...question, origin });
      expect([answer.status, answer.text]).toEqual([200, ""]);
      const seen = corsHeaders(answer.headers);
      expect(seen).toMatchObject({
        vary: "Origin",
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, POST, PUT, DELETE",
        "access-control-max-age": "7200",
      });
      expect(seen["access-control-allow-headers"]?.toLowerCase().split(", ")).toEqual(
        expect.arrayContaining(["authorization", "content-type", "connect-protocol-version", "x-grpc-web"]),
      );
    }
    expect(fixture.calls).toEqual([]);
  });

  test("fault C9: pages may send the headers of tracing and the id of a request, and those of the setting", async () => {
    const allowedBy = async (server: Fixture) => {
      const answer = await send(server, "OPTIONS", rpc, undefined, { ...question, origin });
      return corsHeaders(answer.headers)["access-control-allow-headers"]?.toLowerCase().split(", ") ?? [];
    };
    const tracing = ["traceparent", "tracestate", "baggage", "x-request-id"];
    expect(await allowedBy(fixture)).toEqual(expect.arrayContaining(tracing));
    expect(await allowedBy(fixture)).not.toContain("x-own");
    const other = await startServer({ corsOrigins: [origin], corsHeaders: ["X-Own", "X-Other"] });
    expect(await allowedBy(other)).toEqual(expect.arrayContaining([...tracing, "x-own", "x-other", "authorization"]));
    await other.server.close();
  });

  test("pages of that origin may read every answer, refusals and streams too", async () => {
    for (const [verb, path, body, headers] of requests) {
      const answer = await send(fixture, verb, path, body, { ...headers, origin });
      const seen = corsHeaders(answer.headers);
      expect(seen, `${verb} ${path}`).toMatchObject({ vary: "Origin", "access-control-allow-origin": origin });
      expect(seen["access-control-expose-headers"]).toContain("Grpc-Status");
      expect(seen["access-control-expose-headers"]).toContain("X-Request-Id");
    }
  });

  test("threat 35: credentials of the browser are never asked for, and no origin is echoed that is not on the list", async () => {
    const near = [
      "https://console.example.com.evil.example",
      "http://console.example.com",
      "https://console.example.com:8443",
      "https://CONSOLE.example.com",
      "https://example.com",
      "null",
      "*",
      `${origin}, https://evil.example`,
      "",
    ];
    for (const other of near) {
      const asked = await send(fixture, "OPTIONS", rpc, undefined, { ...question, origin: other });
      expect([asked.status, corsHeaders(asked.headers)], other).toEqual([405, { vary: "Origin" }]);
      for (const [verb, path, body, headers] of requests) {
        const answer = await send(fixture, verb, path, body, { ...headers, origin: other });
        expect(corsHeaders(answer.headers), other).toEqual({ vary: "Origin" });
      }
    }
    const allowed = await send(fixture, "POST", rpc, {}, { ...jsonHeaders, origin });
    expect(allowed.headers.has("access-control-allow-credentials")).toBe(false);
  });

  test("threat 35: an allowed origin replaces no token", async () => {
    const answer = await send(fixture, "POST", rpc, {}, { "content-type": "application/json", origin });
    expect(answer.status).toBe(401);
  });

  test("answers over HTTP/2 also say so", async () => {
    let seen: Headers | undefined;
    const client = createClient(SecretService, createGrpcTransport({ baseUrl: fixture.url }));
    await client.listSecrets(
      {},
      { headers: { authorization: `Bearer ${token}`, origin }, onHeader: (headers) => (seen = headers) },
    );
    expect(seen?.get("access-control-allow-origin")).toBe(origin);
    expect(seen?.get("vary")).toBe("Origin");
  });
});
