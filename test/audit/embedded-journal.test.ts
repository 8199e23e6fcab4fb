import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { runOo } from "../support/cli/run-oo.ts";
import { callService } from "../support/failure/service-call.ts";
import { makeFolderOnDisk } from "../support/folder-on-disk.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const key = "app/KEY";
const reads = 6;

function aFolder(mode?: string): string {
  const prefix = "embedded-journal-";
  const folder = mode === "disk" ? makeFolderOnDisk(prefix) : mkdtempSync(join(tmpdir(), prefix));
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
  const dataDir = aFolder(env.SECRET_SVC_AUDIT_SYNC);
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

test.each(["full", "process"])("threat 312: a start in the mode %s stores what a killed service left", async (mode) => {
  const dataDir = await aKilledService();
  const second = await start(dataDir, { SECRET_SVC_AUDIT_SYNC: mode });
  expect(await readsRecorded(second)).toBe(reads);
  await second.stop();
  expect(readdirSync(journalIn(dataDir))).toEqual([]);
  const third = await start(dataDir, { SECRET_SVC_AUDIT_SYNC: "full" });
  expect(await verify(third)).toMatchObject({ code: 0, intact: true });
});

test("threat 312: a record that was not written whole was not acknowledged, and is dropped", async () => {
  const dataDir = await aKilledService();
  const [name = ""] = segmentsIn(dataDir);
  const path = join(journalIn(dataDir), name);
  truncateSync(path, readFileSync(path).length - 5);
  const second = await start(dataDir);
  expect(second.output()).toMatch(/records recovered; \d+ bytes at its end were not a whole record/);
  expect(await readsRecorded(second)).toBe(reads - 1);
  expect(await verify(second)).toMatchObject({ code: 0, intact: true });
});

test("threat 313: a damaged journal is critical, stays as evidence, and its chain has no end", async () => {
  const dataDir = await aKilledService();
  const [name = ""] = segmentsIn(dataDir);
  const path = join(journalIn(dataDir), name);
  const bytes = readFileSync(path);
  const at = bytes.length - 700;
  bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at);
  writeFileSync(path, bytes);
  for (let starts = 1; starts <= 2; starts += 1) {
    const service = await start(dataDir);
    expect(service.output()).toMatch(/critical: the access journal of chain \S+ in \S+ is damaged and stays/);
    expect(await readsRecorded(service)).toBeLessThan(reads);
    expect(await verify(service)).toMatchObject({ code: 1, problems: [{ kind: "UNFINISHED" }] });
    await service.stop();
  }
  expect(readFileSync(path)).toEqual(bytes);
});

test("threat 314: while audit.db cannot be written, calls wait and are then refused, until it can again", async () => {
  const dataDir = aFolder();
  const service = await start(dataDir);
  await save(service);
  expect(await read(service)).toContain("canary");
  expect(await readsRecorded(service)).toBe(1);
  const blocked = block(dataDir);
  let answered = 0;
  await expect
    .poll(async () => read(service).then(() => (answered += 1), String), { timeout: 60_000, interval: 200 })
    .toContain("unavailable");
  expect(storedReads(dataDir)).toBe(1);
  blocked.release();
  await expect.poll(() => read(service).catch(String), { timeout: 60_000 }).toContain("canary");
  // Each value that left has its record. A refused call may have one as well.
  expect(await readsRecorded(service)).toBeGreaterThanOrEqual(answered + 2);
  expect(await verify(service)).toMatchObject({ code: 0, intact: true });
});

test("threat 314: a service that cannot write audit.db at its end says what is in the journal, and ends with 1", async () => {
  const dataDir = aFolder();
  const service = await start(dataDir);
  await save(service);
  const blocked = block(dataDir);
  await read(service);
  await service.stop();
  expect(await service.ended).toBe(1);
  expect(service.output()).toMatch(/\d+ access records are in the journal/);
  blocked.release();
  const second = await start(dataDir);
  expect(await readsRecorded(second)).toBe(1);
  expect(await verify(second)).toMatchObject({ code: 0, intact: true });
});

test("threat 315: a chain whose journal is lost is named by verify until an operator closes it", async () => {
  const dataDir = await aKilledService();
  rmSync(journalIn(dataDir), { recursive: true });
  const service = await start(dataDir);
  expect(existsSync(journalIn(dataDir))).toBe(true);
  const found = await verify(service);
  expect(found).toMatchObject({ code: 1, problems: [{ kind: "UNFINISHED" }] });
  const oo = { env: { OO_TOKEN: service.adminToken, OO_URL: service.url } };
  expect(await runOo(["audit", "close", found.problems[0].chain], oo)).toMatchObject({ code: 0 });
  expect(await verify(service)).toMatchObject({ code: 0, intact: true });
});

test("a new encryption key reads what was left under the former one", async () => {
  const [former, next] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString("base64"));
  const dataDir = await aKilledService({ OB_ENCRYPTION_KEY: former ?? "" });
  const keys = { OB_ENCRYPTION_KEY: next ?? "", OB_PREVIOUS_ENCRYPTION_KEYS: former ?? "" };
  const second = await start(dataDir, keys);
  expect(await readsRecorded(second)).toBe(reads);
  expect(await verify(second)).toMatchObject({ code: 0, intact: true });
});
