import { readdirSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { afterEach, expect, test } from "vitest";
import { hasEnded, lineTo, startTeamService, type TeamService } from "../support/workers/team-service.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const key = "app/KEY";
const callsOf = (rpc: string) => `secret_svc_call_duration_seconds_count{rpc="secret.v1.${rpc}",code="ok"}`;
const reads = callsOf("SecretService/ListSecrets");

async function save(service: TeamService, pid: number): Promise<void> {
  const line = await lineTo(service, pid);
  const secrets = [{ key, value: "canary" }];
  expect((await line.call(service.token, "PUT", "/secret-svc/secrets", { secrets })).status).toBe(200);
  line.close();
}

async function read(service: TeamService, pid: number, times: number): Promise<void> {
  const line = await lineTo(service, pid);
  for (let at = 0; at < times; at += 1) {
    const body = { keys: [key], view: "SECRET_VIEW_FULL" };
    expect((await line.call(service.token, "POST", "/secret-svc/secrets", body)).status).toBe(200);
  }
  line.close();
}

test("metrics are those of all workers, and what one has counted stays counted when it is gone", async () => {
  const service = await startTeamService(cleanups);
  const [first = 0, second = 0] = service.workers();
  await save(service, first);
  await read(service, first, 3);
  await read(service, second, 4);
  const before = await service.metrics();
  expect(before.get(reads)).toBe(7);
  expect(before.get(callsOf("SecretService/SaveSecrets"))).toBe(1);
  expect(before.get("secret_svc_workers")).toBe(2);
  expect(before.get("secret_svc_workers_ended_total")).toBe(0);
  expect(before.get("secret_svc_ready")).toBe(1);
  expect(before.get("secret_svc_keyring_keys")).toBe(1);
  expect(before.get("process_start_time_seconds")).toBeGreaterThan(0);
  // As counted at the start.
  await expect.poll(async () => (await service.metrics()).get('secret_svc_secrets{state="active"}')).toBe(0);
  expect((await fetch(`${service.metricsUrl()}/readyz`)).status).toBe(200);

  process.kill(second, "SIGKILL");
  await service.printed("worker 2 has ended by SIGKILL; another one is started in 1 s");
  await expect.poll(async () => (await service.metrics()).get("secret_svc_workers"), { timeout: 60_000 }).toBe(2);
  const [, replaced = 0] = service.workers();
  expect(replaced).not.toBe(second);
  await read(service, replaced, 2);
  const after = await service.metrics();
  expect(after.get(reads)).toBe(9);
  expect(after.get("secret_svc_workers_ended_total")).toBe(1);
  process.kill(replaced, "SIGKILL");
  await service.printed("worker 2 has ended by SIGKILL; another one is started in 2 s");
  await service.stop();
  expect(await service.ended).toBe(0);
});

test("a worker that is killed loses no record: the one in its place stores them from its journal", async () => {
  const service = await startTeamService(cleanups, { env: { SECRET_SVC_AUDIT_SYNC: "process" } });
  const [first = 0, second = 0] = service.workers();
  await save(service, first);
  await read(service, second, 5);
  process.kill(second, "SIGKILL");
  await service.printed("was left by another process");
  const client = await MongoClient.connect(service.mongoUri);
  cleanups.push(() => client.close());
  const stored = () => client.db().collection("access").countDocuments({ action: "secret.read" });
  await expect.poll(stored, { timeout: 30_000 }).toBe(5);
});

test("a stop is one after the other: calls in progress are answered, others are served meanwhile, all is stored", async () => {
  const service = await startTeamService(cleanups, { env: { SECRET_SVC_AUDIT_SYNC: "process" } });
  const [first = 0, second = 0] = service.workers();
  await save(service, first);
  await read(service, first, 2);
  await read(service, second, 3);
  const { port } = new URL(service.url);
  const line = await lineTo(service, first);
  const slow = await slowCall(service, line.agent, Number(port));
  const stopped = service.stop();
  // The first one takes no more connections, and waits for the call; the second one serves as before.
  await expect
    .poll(async () => {
      const statuses = await Promise.allSettled(Array.from({ length: 8 }, () => fetch(`${service.url}/healthz`)));
      return statuses.every((each) => each.status === "fulfilled") && !hasEnded(first);
    })
    .toBe(true);
  const whileFirstStops = await lineTo(service, second);
  expect((await whileFirstStops.call("", "GET", "/healthz")).status).toBe(200);
  expect(await slow.finish()).toBe(200);
  await stopped;
  expect(await service.ended).toBe(0);
  expect([first, second].map(hasEnded)).toEqual([true, true]);
  const client = await MongoClient.connect(service.mongoUri);
  cleanups.push(() => client.close());
  const access = client.db().collection("access");
  expect(await access.countDocuments({ action: "secret.read" })).toBe(5 + 1);
  expect(await access.countDocuments({ action: "audit.end" })).toBe(2);
  expect(await client.db().collection("processes").countDocuments()).toBe(0);
  expect(readdirSync(join(service.dataDir, "access-journal")).filter((name) => name.endsWith(".segment"))).toEqual([]);
});

/** A call whose body is not complete. */
async function slowCall({ token }: TeamService, agent: http.Agent, port: number) {
  const body = JSON.stringify({ keys: [key], view: "SECRET_VIEW_FULL" });
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  const request = http.request({
    host: "127.0.0.1",
    port,
    method: "POST",
    path: "/secret-svc/secrets",
    agent,
    headers,
  });
  const status = new Promise<number>((resolve, reject) => {
    request.once("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once("error", reject);
  });
  await new Promise<void>((resolve) => request.write(body.slice(0, 5), () => resolve()));
  return {
    finish() {
      request.end(body.slice(5));
      return status;
    },
  };
}

test("workers end by themselves when their parent was killed, and store their records", async () => {
  const service = await startTeamService(cleanups, { env: { SECRET_SVC_AUDIT_SYNC: "process" } });
  const pids = service.workers();
  await save(service, pids[0] ?? 0);
  await read(service, pids[1] ?? 0, 3);
  await service.kill();
  await expect.poll(() => pids.map(hasEnded), { timeout: 30_000 }).toEqual([true, true]);
  const client = await MongoClient.connect(service.mongoUri);
  cleanups.push(() => client.close());
  expect(await client.db().collection("access").countDocuments({ action: "secret.read" })).toBe(3);
  expect(await client.db().collection("access").countDocuments({ action: "audit.end" })).toBe(2);
});

test("when none is left, and no other one can start, the service ends", async () => {
  const service = await startTeamService(cleanups);
  const client = await MongoClient.connect(service.mongoUri);
  cleanups.push(() => client.close());
  // As a newer version leaves it.
  const meta = client.db().collection<{ _id: string; version: number }>("meta");
  await meta.updateOne({ _id: "schema" }, { $inc: { version: 1 } }, { writeConcern: { w: "majority" } });
  expect(await service.ended).toBe(1);
  expect(service.output()).toMatch(/this process ends: worker \d has ended with exit code 78 before it served calls/);
});
