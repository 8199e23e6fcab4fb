import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { runOo } from "../support/cli/run-oo.ts";
import { callService } from "../support/failure/service-call.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const key = "app/KEY";
const reads = 6;

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "embedded-journal-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const service = await startServer({ dataDir, env });
  onTestFinished(() => service.kill());
  return service;
}

async function call(service: ServerProcess, path: string, body: object): Promise<string> {
  const answer = await callService(service, service.adminToken, ["POST", path], body, 30_000);
  if (answer.status !== "ok") throw new Error(JSON.stringify(answer));
  return JSON.stringify(answer.body);
}

const save = (service: ServerProcess) =>
  call(service, "/secret.v1.SecretService/SaveSecrets", { secrets: [{ key, value: "canary" }] });
const read = (service: ServerProcess) =>
  call(service, "/secret-svc/secrets", { keys: [key], view: "SECRET_VIEW_FULL" });

async function readsRecorded(service: ServerProcess): Promise<number> {
  const body = await call(service, "/secret-svc/audit", { key, action: "secret.read", pageSize: 100 });
  return body.split('"secret.read"').length - 1;
}

async function verify(service: ServerProcess) {
  const run = await runOo(["audit", "verify", "-o", "json"], {
    env: { OO_TOKEN: service.adminToken, OO_URL: service.url },
  });
  return { code: run.code, ...JSON.parse(run.stdout) };
}

const journalIn = (dataDir: string) => join(dataDir, "access-journal");
const segmentsIn = (dataDir: string) => readdirSync(journalIn(dataDir)).filter((name) => name.endsWith(".segment"));

/** Keeps the service from writing to `audit.db`, as another program with a transaction does, until it is released. */
function block(dataDir: string): { release(): void } {
  const db = new DatabaseSync(join(dataDir, "audit.db"));
  db.exec("BEGIN IMMEDIATE");
  return {
    release() {
      db.exec("ROLLBACK");
      db.close();
    },
  };
}

function storedReads(dataDir: string): number {
  const db = new DatabaseSync(join(dataDir, "audit.db"), { readOnly: true });
  const row = db.prepare("SELECT count(*) AS reads FROM audit WHERE action = 'secret.read'").get();
  db.close();
  return Number(row?.reads);
}

/** A service that was killed when its journal alone had the records of its last reads. */
async function aKilledService(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const dataDir = aFolder();
  const service = await start(dataDir, env);
  await save(service);
  const blocked = block(dataDir);
  for (let at = 0; at < reads; at += 1) expect(await read(service)).toContain("canary");
  await service.kill();
  blocked.release();
  expect(storedReads(dataDir)).toBe(0);
  return dataDir;
}

describe("threat 311: a killed service with the embedded store", () => {
  test.each(["process", "disk"])("has given out no value without its record (%s)", async (mode) => {
    const dataDir = await aKilledService({ SECRET_SVC_AUDIT_SYNC: mode });
    const second = await start(dataDir, { SECRET_SVC_AUDIT_SYNC: mode });
    expect(second.output()).toMatch(/was left by another process: \d+ records recovered/);
    expect(await readsRecorded(second)).toBe(reads);
    expect(await verify(second)).toMatchObject({ code: 0, intact: true });
    expect(segmentsIn(dataDir)).toHaveLength(1);
    await second.stop();
    expect(await second.ended).toBe(0);
    expect(readdirSync(journalIn(dataDir))).toEqual([]);
    const third = await start(dataDir);
    expect(third.output()).not.toContain("left by another process");
    expect(await verify(third)).toMatchObject({ code: 0, intact: true });
  });
});
