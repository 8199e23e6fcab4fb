import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/health_pb.ts";
import { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { type RunningServer, startServer } from "../../src/service/server.ts";
import { makeDataDir, testConfig } from "../support/secrets/core.ts";

const config = { ...testConfig(makeDataDir()), metricsListen: { host: "127.0.0.1", port: 0, isLoopback: true } };
let server: RunningServer;
let headers: { authorization: string };

beforeAll(async () => {
  server = await startServer(config);
  headers = { authorization: `Bearer ${readFileSync(join(config.dataDir, "admin.token"), "utf8").trim()}` };
});
afterAll(async () => {
  await server.close();
  rmSync(config.dataDir, { recursive: true });
});

const patience = { timeout: 15_000, interval: 100 };

async function states() {
  const health = createClient(Health, createGrpcTransport({ baseUrl: server.url }));
  const ready = await Promise.all(
    [server.url, server.metricsUrl].map(async (url) => (await fetch(`${url}/readyz`)).status),
  );
  const live = (await fetch(`${server.url}/healthz`)).status;
  const { status } = await health.check({ service: "secret.v1.SecretService" });
  return { ready, live, health: status };
}

test("while audit records cannot be stored it is alive but not ready, and finds out by itself that it is again", async () => {
  const working = { ready: [200, 200], live: 200, health: Status.SERVING };
  expect(await states()).toEqual(working);
  const watched: Status[] = [];
  const watching = new AbortController();
  const health = createClient(Health, createGrpcTransport({ baseUrl: server.url }));
  const watch = (async () => {
    for await (const { status } of health.watch({}, { signal: watching.signal })) watched.push(status);
  })().catch(() => undefined);

  const blocker = new DatabaseSync(join(config.dataDir, "audit.db"), { timeout: 5_000 });
  blocker.exec("BEGIN EXCLUSIVE");
  try {
    expect((await fetch(`${server.url}/secret-svc/secrets`, { method: "POST", headers, body: "{}" })).status).not.toBe(
      200,
    );
    const list = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: "{}" };
    expect((await fetch(`${server.url}/secret-svc/secrets`, list)).status).toBe(503);
    await expect.poll(states, patience).toEqual({ ready: [503, 503], live: 200, health: Status.NOT_SERVING });
  } finally {
    blocker.exec("ROLLBACK");
    blocker.close();
  }

  // No one calls, as behind a balancer.
  await expect.poll(states, patience).toEqual(working);
  await expect.poll(() => watched).toEqual([Status.SERVING, Status.NOT_SERVING, Status.SERVING]);
  watching.abort();
  await watch;
  const audit = createClient(AuditService, createConnectTransport({ baseUrl: server.url, httpVersion: "1.1" }));
  const { events } = await audit.listAuditEvents({ action: "audit.resume" }, { headers });
  expect(events.length).toBeGreaterThan(0);
});
