import type { ServerResponse } from "node:http";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterEach, describe, expect, test } from "vitest";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { readTracing } from "../../src/config/tracing.ts";
import { loadOtelPackages } from "../../src/service/otel-packages.ts";
import { createSpans } from "../../src/service/spans.ts";
import { type OtlpReceiver, startOtlpReceiver } from "../support/otlp-receiver.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const parentSpanId = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${parentSpanId}-01`;
const canary = "canary286";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function start(env: Record<string, string> = {}, answer?: Parameters<typeof startOtlpReceiver>[0]) {
  const receiver = await startOtlpReceiver(answer);
  open.push(receiver);
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, SECRET_SVC_METRICS_LISTEN: "127.0.0.1:0" };
  const server = await startServer({ env: { ...settings, SECRET_SVC_VAULT_API: "on", ...env } });
  open.push({ close: () => server.stop() });
  return { receiver, server };
}

function call(server: ServerProcess, verb: string, path: string, body: object | undefined, more: object = {}) {
  const headers = { authorization: `Bearer ${server.adminToken}`, "content-type": "application/json", traceparent };
  return fetch(server.url + path, {
    method: verb,
    headers: { ...headers, ...more },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const namesOf = ({ spans }: OtlpReceiver) => spans.map(({ name }) => name);

describe("spans", () => {
  test("threat 286: of calls over every protocol arrive, and have nothing of what the calls are about", async () => {
    const { receiver, server } = await start({ OTEL_EXPORTER_OTLP_HEADERS: "x-api-key=k1", OTEL_SERVICE_NAME: "mine" });
    const headers = { authorization: `Bearer ${server.adminToken}`, traceparent, "user-agent": canary };
    const rest = await call(
      server,
      "PUT",
      `/secret-svc/secrets?${canary}`,
      { secrets: [{ key: `${canary}/KEY`, id: `secr_${canary}`, value: `${canary}-value` }] },
      { "x-request-id": canary, tracestate: `${canary}=${canary}`, baggage: `k=${canary}` },
    );
    expect(rest.status).toBe(200);
    await call(server, "PUT", "/secret-svc/users", { users: [{ slug: canary }] });
    const baseUrl = server.url;
    for (const transport of [
      createGrpcTransport({ baseUrl }),
      createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
      createConnectTransport({ baseUrl, httpVersion: "2" }),
    ]) {
      await createClient(SecretService, transport).listSecrets({ keys: [`${canary}/KEY`] }, { headers });
    }
    await call(server, "GET", `/v1/secret/data/${canary}/KEY`, undefined);
    const refused = await call(server, "PUT", "/secret-svc/secrets", {
      secrets: [{ key: `${canary} no key`, value: "" }],
    });
    expect(refused.status).toBe(400);
    await server.stop();
    const all = "secret.v1.SecretService";
    const lists = receiver.spans.filter(({ name }) => name === `${all}/ListSecrets`);
    expect(lists.map(({ attributes }) => attributes)).toEqual(
      ["grpc", "grpc-web", "connect"].map((system) => ({
        "rpc.system": system,
        "rpc.service": all,
        "rpc.method": "ListSecrets",
        "rpc.code": "ok",
      })),
    );
    expect(namesOf(receiver)).toEqual([
      `${all}/SaveSecrets`,
      "secret.v1.IdentityService/SaveUsers",
      ...lists.map(({ name }) => name),
      "vault.v1/ReadData",
      `${all}/SaveSecrets`,
    ]);
    for (const span of receiver.spans) {
      expect(span).toMatchObject({ traceId, parentSpanId, kind: 2, traceState: "", status: 0 });
      expect(span.endNs - span.startNs).toBeGreaterThan(0n);
      expect(Math.abs(Number(span.endNs / 1_000_000n) - Date.now())).toBeLessThan(60_000);
    }
    const [first] = receiver.spans;
    expect(rest.headers.get("x-request-id")).toBe(`${traceId}-${first?.spanId}/${canary}`);
    expect(receiver.spans.at(-1)?.attributes).toMatchObject({ "rpc.system": "http", "rpc.code": "invalid_argument" });
    expect(receiver.resources[0]).toMatchObject({ "service.name": "mine", "telemetry.sdk.language": "nodejs" });
    expect(receiver.headers[0]).toMatchObject({ ":path": "/v1/traces", "x-api-key": "k1" });
    const sent = Buffer.concat(receiver.bodies).toString("latin1");
    for (const text of [canary, server.adminToken, "127.0.0.1", "admin"]) expect(sent).not.toContain(text);
  });

  test("of a watch is sent when the watch ends", async () => {
    const { receiver, server } = await start();
    const client = createClient(SecretService, createGrpcTransport({ baseUrl: server.url }));
    const headers = { authorization: `Bearer ${server.adminToken}`, traceparent };
    for await (const _event of client.watchSecrets({}, { headers })) break;
    await server.stop();
    const attributes = expect.objectContaining({ "rpc.method": "WatchSecrets" });
    expect(receiver.spans).toEqual([expect.objectContaining({ traceId, parentSpanId, attributes })]);
  });

  test("threat 287: are not made for strangers, nor for callers who do not record, nor without a trace", async () => {
    const { receiver, server } = await start();
    await call(server, "POST", "/secret-svc/secrets", {}, { authorization: "Bearer oo_wrong" });
    await call(server, "GET", "/v1/secret/data/x", undefined, { authorization: "Bearer oo_wrong" });
    await fetch(`${server.url}/healthz`, { headers: { traceparent } });
    await fetch(`${server.url}/secret-svc/sealing-key`, { headers: { traceparent } });
    await call(server, "POST", "/secret-svc/secrets", {}, { traceparent: traceparent.replace(/01$/, "00") });
    await call(server, "POST", "/secret-svc/secrets", {}, { traceparent: "" });
    await server.stop();
    expect(receiver.bodies).toEqual([]);
  });

  test.each([
    ["refuses them", (response: ServerResponse) => response.writeHead(400).end(`${canary}`)],
    ["never answers", () => {}],
    [
      "asks to come again tomorrow",
      (response: ServerResponse) => response.writeHead(503, { "retry-after": "86400" }).end(),
    ],
  ])(
    "fault C17: a receiver that %s costs a caller nothing, and the end no more than seconds",
    async (_what, answer) => {
      const { server } = await start({}, answer);
      for (let round = 0; round < 12; round += 1) {
        const calls = Array.from({ length: 50 }, () => call(server, "POST", "/secret-svc/secrets", {}));
        const answers = await Promise.all(calls);
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      }
      await server.printed("spans could not be sent");
      const url = /metrics: +(\S+)/.exec(server.output())?.[1] ?? "";
      expect(await (await fetch(url)).text()).toMatch(/secret_svc_spans_total\{result="failed"\} (?:512|600)/);
      const before = performance.now();
      await server.stop();
      expect(performance.now() - before).toBeLessThan(15_000);
      expect(server.output().split("spans could not be sent")).toHaveLength(2);
      expect(server.output()).not.toContain(canary);
    },
  );
});

describe("settings of spans", () => {
  test("without an endpoint, nothing is loaded", async () => {
    const off = [{}, { OTEL_SERVICE_NAME: "x" }, { OTEL_EXPORTER_OTLP_ENDPOINT: " " }];
    const on = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" };
    for (const environment of [...off, { ...on, OTEL_SDK_DISABLED: "TRUE" }, { ...on, OTEL_TRACES_EXPORTER: "none" }]) {
      expect(readTracing(environment)).toBeUndefined();
    }
    expect(await createSpans({})).toBeUndefined();
  });

  test("name the packages that are missing, and are refused without quoting a password", async () => {
    const missing = loadOtelPackages((name) => import(`${name}-that-is-not-there`));
    await expect(missing).rejects.toThrow(
      /^OTEL_EXPORTER_OTLP_ENDPOINT is set, but .*npm install @opentelemetry\/api@1\.10 @opentelemetry\/sdk-trace@3\.1 /,
    );
    const broken = loadOtelPackages(() => Promise.reject(new SyntaxError("x")));
    await expect(broken).rejects.toThrow(SyntaxError);
    for (const url of ["127.0.0.1:4318", "ftp://x", "http://", "unix:/x", `http://u:${canary}@[`]) {
      const reading = () => readTracing({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url });
      expect(reading).toThrow(/^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be an http or https address/);
      expect(reading).not.toThrow(canary);
    }
    const grpc = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://x:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
    expect(() => readTracing(grpc)).toThrow("OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf");
  });
});
