import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/health_pb.ts";
import { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import { KeyService } from "../../gen/secret/v1/key_service_pb.ts";
import { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { integrityCauses, integrityKinds } from "../../src/rules/integrity.ts";
import { type RunningServer, startServer } from "../../src/service/server.ts";
import { makeDataDir, testConfig } from "../support/secrets/core.ts";

const canary = "canary-82";
const config = { ...testConfig(makeDataDir()), metricsListen: { host: "127.0.0.1", port: 0, isLoopback: true } };
let server: RunningServer;
let secrets: Client<typeof SecretService>;
let identity: Client<typeof IdentityService>;

beforeAll(async () => {
  server = await startServer(config, () => Date.UTC(2031, 4, 6));
  const token = readFileSync(join(config.dataDir, "admin.token"), "utf8").trim();
  const transport = createConnectTransport({
    baseUrl: server.url,
    httpVersion: "1.1",
    interceptors: [
      (next) => (request) => {
        request.header.set("authorization", `Bearer ${token}`);
        return next(request);
      },
    ],
  });
  secrets = createClient(SecretService, transport);
  identity = createClient(IdentityService, transport);
  const expires = (date: string) => ({ metadata: { expires: date } });
  await secrets.saveSecrets({
    secrets: [
      { key: `${canary}/plain`, value: `${canary}-value` },
      { key: `${canary}/expired`, value: "v", ...expires("2031-05-01") },
      { key: `${canary}/near`, value: "v", ...expires("2031-05-10") },
      { key: `${canary}/far`, value: "v", ...expires("2031-12-01") },
      { key: `${canary}/removed`, value: "v", ...expires("2031-05-01") },
    ],
  });
  await secrets.removeSecrets({ keys: [`${canary}/removed`] });
});
afterAll(async () => {
  await server.close();
  rmSync(config.dataDir, { recursive: true });
});

const get = async (path: string, init?: RequestInit) => {
  const response = await fetch(`${server.metricsUrl}${path}`, init);
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
};

/** Every sample as `name{labels}` and its number. */
async function samples(): Promise<Map<string, number>> {
  const { text } = await get("/metrics");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

const calls = (rpc: string, code: string) =>
  `secret_svc_call_duration_seconds_count{rpc="secret.v1.${rpc}",code="${code}"}`;

describe("metrics", () => {
  test("count calls by method and code, refused ones and streams included", async () => {
    await secrets.listSecrets({ keys: [`${canary}/plain`] });
    await expect(secrets.listSecrets({ key: "/" })).rejects.toThrow();
    await expect(secrets.removeSecrets({ keys: ["not/there"] })).rejects.toThrow();
    const stranger = { authorization: `Bearer oo_${canary}` };
    expect((await fetch(`${server.url}/secret-svc/whoami`, { headers: stranger })).status).toBe(401);
    const watch = new AbortController();
    for await (const _ of secrets.watchSecrets({}, { signal: watch.signal })) break;
    watch.abort();

    const before = await samples();
    expect(before.get(calls("SecretService/ListSecrets", "ok"))).toBe(1);
    expect(before.get(calls("SecretService/ListSecrets", "invalid_argument"))).toBe(1);
    expect(before.get(calls("SecretService/RemoveSecrets", "not_found"))).toBe(1);
    expect(before.get(calls("IdentityService/WhoAmI", "unauthenticated"))).toBe(1);
    expect(before.get("secret_svc_refused_credentials_total")).toBe(1);
    const isWatch = (name: string) =>
      /_count\{rpc="secret.v1.SecretService\/WatchSecrets",code="(ok|canceled)"/.test(name);
    await expect.poll(async () => [...(await samples()).keys()].filter(isWatch)).toHaveLength(1);
  });

  test("show the store, the audit log, the keys, and the event loop", async () => {
    const found = await samples();
    expect(found.get('secret_svc_store_duration_seconds_count{operation="findSecrets",result="ok"}')).toBeGreaterThan(
      0,
    );
    expect(found.get('secret_svc_store_duration_seconds_count{operation="appendAccess",result="ok"}')).toBeGreaterThan(
      0,
    );
    expect(found.get("secret_svc_audit_pending_records")).toBe(0);
    expect(found.get("secret_svc_audit_healthy")).toBe(1);
    expect(found.get("secret_svc_ready")).toBe(1);
    expect(found.get("secret_svc_keyring_keys")).toBe(1);
    for (const budget of ["calls", "bodies", "strangers"]) {
      expect(found.get(`secret_svc_calls_waiting{budget="${budget}"}`)).toBe(0);
      expect(found.get(`secret_svc_calls_over_memory_total{budget="${budget}"}`)).toBe(0);
      expect(found.get(`secret_svc_memory_held_bytes{budget="${budget}"}`)).toBe(0);
    }
    expect(found.get("secret_svc_unread_responses")).toBe(0);
    expect(found.get("secret_svc_slow_readers_total")).toBe(0);
    expect(found.get("secret_svc_dropped_connections_total")).toBe(0);
    expect(found.has("nodejs_eventloop_lag_p99_seconds")).toBe(true);
  });

  test("threat 82: labels hold names from the code only, whatever callers send", async () => {
    await identity.saveUsers({ tenant: `${canary}-tenant`, users: [{ slug: `${canary}-slug`, admin: true }] });
    await secrets.explainAccess({ key: `${canary}/plain`, principal: `${canary}-slug` }).catch(() => undefined);
    const headers = { "content-type": "application/json" };
    for (const path of [`/${canary}`, `/secret.v1.SecretService/${canary}`, `/secret-svc/${canary}`]) {
      await fetch(server.url + path, { method: "POST", headers, body: "{}" });
    }
    await fetch(server.url, { method: "POST", headers: { [canary]: canary } });
    const { text } = await get("/metrics");
    expect(text).not.toContain(canary);
    const services = [SecretService, IdentityService, AuditService, KeyService, LoginService];
    const rpcs = services.flatMap(({ typeName, methods }) => methods.map(({ name }) => `${typeName}/${name}`));
    const labels = [...text.matchAll(/^(secret_svc_\w+)\{(.+)\} /gm)].flatMap(([, name = "", pairs = ""]) =>
      [...pairs.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", value = ""]) => ({ name, label, value })),
    );
    expect(new Set(labels.map(({ label }) => label))).toEqual(
      new Set(["le", "rpc", "code", "budget", "operation", "result", "state", "key", "used", "kind", "cause"]),
    );
    const valuesOf = (label: string) =>
      new Set(labels.filter((each) => each.label === label).map(({ value }) => value));
    for (const rpc of valuesOf("rpc")) expect(rpcs).toContain(rpc);
    for (const code of valuesOf("code")) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    for (const operation of valuesOf("operation")) expect(operation).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
    expect(valuesOf("result")).toEqual(new Set(["ok"]));
    expect([...valuesOf("key")].sort()).toEqual(["active", "former"]);
    expect([...valuesOf("budget")].sort()).toEqual(["bodies", "calls", "strangers"]);
    expect([...valuesOf("used")].sort()).toEqual(["full", "over-half", "over-nine-tenths", "under-half"]);
    expect(valuesOf("kind")).toEqual(new Set(integrityKinds));
    expect(valuesOf("cause")).toEqual(new Set(integrityCauses));
  });

  test("fault C16: only counters have the name of one", async () => {
    const { text } = await get("/metrics");
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type]) => ({ name, type }));
    expect(types.length).toBeGreaterThan(20);
    expect(types.filter(({ name, type }) => name.endsWith("_total") !== (type === "counter"))).toEqual([]);
  });

  test("fault A5: health is also there for gRPC, so that a full port does not fail a probe", async () => {
    const health = createClient(Health, createGrpcTransport({ baseUrl: server.metricsUrl ?? "" }));
    expect(await health.check({})).toMatchObject({ status: Status.SERVING });
    expect(await health.check({ service: SecretService.typeName })).toMatchObject({ status: Status.SERVING });
    expect((await get("/readyz", { method: "HEAD" })).status).toBe(200);
  });

  test("need no token, and nothing else is there", async () => {
    expect(await get("/healthz")).toMatchObject({ status: 200, text: "ok\n" });
    expect(await get("/readyz")).toMatchObject({ status: 200, text: "ok\n" });
    expect(await get("/metrics")).toMatchObject({ status: 200, type: expect.stringContaining("text/plain") });
    for (const path of ["/", "/metrics/", "/secret-svc/whoami", "/openapi.json"]) {
      expect((await get(path)).status).toBe(404);
    }
    expect((await get("/metrics", { method: "POST", body: "x" })).status).toBe(405);
    // Nor on the port of the service.
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  });
});

test("fault A3: room on the disk, and how many users and tenants use which part of their quotas", async () => {
  const disk = await samples();
  const free = disk.get("secret_svc_disk_free_bytes") ?? 0;
  expect(free).toBeGreaterThan(0);
  expect(disk.get("secret_svc_disk_size_bytes")).toBeGreaterThanOrEqual(free);
  await server.close();
  // Four live secrets: the quota of the user is full, and that of the tenant is half used.
  const quotas = { ...config.quotas, userSecrets: 4, tenantSecrets: 8 };
  server = await startServer({ ...config, quotas }, () => Date.UTC(2031, 4, 6));
  const of = (who: string, used: string) => `secret_svc_${who}_by_quota{used="${used}"}`;
  await expect.poll(async () => (await samples()).get(of("users", "full"))).toBe(1);
  const found = await samples();
  expect(found.get(of("users", "under-half"))).toBe(0);
  expect(found.get(of("tenants", "over-half"))).toBe(1);
  expect(found.get(of("tenants", "full"))).toBe(0);
});

test("secrets of all tenants are counted by what is due, and documents by their key", async () => {
  // The first count began before there was anything: a service that starts on this data counts it.
  await server.close();
  server = await startServer(config, () => Date.UTC(2031, 4, 6));
  const state = (name: string) => `secret_svc_secrets{state="${name}"}`;
  await expect.poll(async () => (await samples()).get(state("active"))).toBe(2);
  const found = await samples();
  expect(found.get(state("expiring"))).toBe(1);
  expect(found.get(state("expired"))).toBe(1);
  expect(found.get(state("rotation-due"))).toBe(0);
  expect(found.get('secret_svc_documents{key="former"}')).toBe(0);
  expect(found.get('secret_svc_documents{key="active"}')).toBeGreaterThan(10);
});
