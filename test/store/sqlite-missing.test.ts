import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { readConfig } from "../../src/config/config.ts";
import { createTokenSecret } from "../../src/rules/token.ts";
import { openStore } from "../../src/service/open-store.ts";
import { startServer } from "../../src/service/server.ts";
import { accessSchema, schemaVersion, secretsSchema } from "../../src/store/sqlite/schema.ts";
import { noFlags } from "../support/no-flags.ts";
import { startServerInProcess } from "../support/server-in-process.ts";
import { startServer as startProcess } from "../support/server-process.ts";

let dataDir: string;
const at = (name: string) => join(dataDir, name);
const configOf = (folder = dataDir, environment: Record<string, string> = {}): Config =>
  readConfig(environment, { ...noFlags, dataDir: folder, listen: "127.0.0.1:0" });
const start = async (config = configOf()) => (await startServer(config)).close();
const startOf = (folder: string) => start(configOf(folder));

/** The store is refused, the message says what is missing and what to do, and nothing was made anew. */
async function refusal(config = configOf()): Promise<string> {
  const before = readdirSync(config.dataDir).filter((name) => /\.db$/.test(name));
  const error: unknown = await start(config).then(
    () => new Error("it started"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error("no error was thrown");
  expect(error).toMatchObject({ name: "StoreError", kind: "unavailable" });
  expect(error.message).toMatch(/restore a backup into a new (data directory|store)/);
  expect(readdirSync(config.dataDir).filter((name) => /\.db$/.test(name))).toEqual(before);
  return error.message;
}

function edit(file: string, sql: string): void {
  const db = new DatabaseSync(at(file));
  db.exec(sql);
  db.close();
}

/** Another folder, deleted after the test. */
const folders: string[] = [];
function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "other-"));
  folders.push(folder);
  return folder;
}

/** A store that was started once: each test has a copy. */
const started = mkdtempSync(join(tmpdir(), "missing-"));
beforeAll(() => startOf(started));
afterAll(() => rmSync(started, { recursive: true }));

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "missing-"));
  cpSync(started, dataDir, { recursive: true });
});
afterEach(() => {
  for (const folder of [dataDir, ...folders.splice(0)]) rmSync(folder, { recursive: true });
});

describe("fault B2: a file that is missing", () => {
  it("starts again when nothing is missing", async () => {
    await start();
  });

  it.each(["secrets.db", "audit.db"])("%s deleted, or of 0 bytes, is named", async (name) => {
    rmSync(at(name));
    expect(await refusal()).toContain(`${name} is missing or empty in ${dataDir}`);
    writeFileSync(at(name), "");
    expect(await refusal()).toContain(`${name} is missing or empty in ${dataDir}`);
  });

  it.each(["encryption.key", "admin.token"])("next to %s alone no new store is made", async (name) => {
    for (const other of ["secrets.db", "audit.db", "encryption.key", "admin.token"])
      if (other !== name) rmSync(at(other));
    expect(await refusal()).toContain(`secrets.db is missing or empty in ${dataDir}, next to ${name}`);
  });

  it("a file without tables is as good as empty, and its log is left alone", async () => {
    const db = new DatabaseSync(at("empty.db"));
    db.exec("PRAGMA journal_mode = WAL; CREATE TABLE a (b); DROP TABLE a");
    db.close();
    copyFileSync(at("empty.db"), at("secrets.db"));
    rmSync(at("empty.db"));
    expect(await refusal()).toContain("secrets.db is missing or empty");
    truncateSync(at("secrets.db"), 0);
    writeFileSync(at("secrets.db-wal"), "what may still be read");
    await refusal();
    expect(readdirSync(dataDir)).toContain("secrets.db-wal");
  });

  it("a process prints it and ends", async () => {
    rmSync(at("secrets.db"));
    await expect(startProcess({ dataDir })).rejects.toThrow(
      /secret-svc: error: secrets\.db is missing or empty in .*, next to audit\.db and encryption\.key and admin\.token: put back/,
    );
  });

  it("files that the operator put there do not count as traces of a store", async () => {
    const folder = aFolder();
    const [key, token] = [join(folder, "encryption.key"), join(folder, "admin.token")];
    writeFileSync(key, `${Buffer.alloc(32, 9).toString("base64")}\n`, { mode: 0o600 });
    writeFileSync(token, `${createTokenSecret()}\n`, { mode: 0o600 });
    await start(configOf(folder, { OB_ENCRYPTION_KEY_FILE: key, OB_ADMIN_TOKEN_FILE: token }));
  });

  it("a restore fills a directory that has the key of an earlier store", async () => {
    const folder = aFolder();
    copyFileSync(at("encryption.key"), join(folder, "encryption.key"));
    await expect(openStore(configOf(folder), "use")).rejects.toThrow("secrets.db is missing or empty");
    const store = await openStore(configOf(folder), "fill");
    await store.close();
    await startOf(folder);
  });

  it("a first start that ended between the two files goes on", async () => {
    const folder = aFolder();
    const db = new DatabaseSync(join(folder, "secrets.db"));
    db.exec(`${secretsSchema}; CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      INSERT INTO meta VALUES ('schema', ${schemaVersion}), ('epoch', 7)`);
    db.close();
    await startOf(folder);
    await startOf(folder);
  });
});

describe("fault B2: files that do not belong together", () => {
  it.each(["secrets.db", "audit.db"])("%s of another store is refused", async (name) => {
    const other = aFolder();
    await startOf(other);
    copyFileSync(join(other, name), at(name));
    expect(await refusal()).toMatch(/audit\.db does not belong to secrets\.db/);
  });

  it("secrets.db from before the last start, with the audit.db of now", async () => {
    copyFileSync(at("secrets.db"), at("old"));
    await startAndRead();
    copyFileSync(at("old"), at("secrets.db"));
    expect(await refusal()).toMatch(/secrets\.db is older than audit\.db/);
  });

  it("a log that is deleted while secrets.db needs it", async () => {
    const killed = await startProcess({ dataDir });
    await list(killed);
    await killed.kill();
    rmSync(at("secrets.db-wal"));
    expect(await refusal()).toMatch(/secrets\.db is older than audit\.db, or lost its newest changes/);
  });
});

describe("fault B2: a part of a file that is missing", () => {
  const tables = [...`${secretsSchema}${accessSchema}`.matchAll(/CREATE TABLE (\w+)/g)].map(([, name = ""]) => name);

  it.each([...new Set(tables)])("the table %s", async (name) => {
    edit("secrets.db", `DROP TABLE ${name}`);
    expect(await refusal()).toContain(`secrets.db lacks the table '${name}'`);
  });

  it("an index, and a table of audit.db", async () => {
    edit("secrets.db", "DROP INDEX tokens_hash");
    expect(await refusal()).toContain("secrets.db lacks the index 'tokens_hash'");
    edit("secrets.db", "CREATE UNIQUE INDEX tokens_hash ON tokens (hash)");
    await start();
    edit("audit.db", "DROP TABLE audit");
    expect(await refusal()).toContain("audit.db lacks the table 'audit'");
  });

  it.each(["audit", "sealing"])("the stored %s key", async (purpose) => {
    edit("secrets.db", `DELETE FROM keys WHERE purpose = '${purpose}'`);
    expect(await refusal()).toMatch(new RegExp(`secrets\\.db lacks the stored keys '${purpose} [0-9a-f]{16}'`));
  });

  it.each([
    ["keys", "DELETE FROM keys; DELETE FROM facts", /, but no stored keys/],
    ["audit records of changes", "DELETE FROM audit", /it has users, tokens, but no audit records of changes/],
    ["audit chains", "DELETE FROM chains", /(no audit chains|older than audit\.db)/],
  ])("all %s, with what says that they were there", async (_what, sql, message) => {
    edit("secrets.db", sql);
    expect(await refusal()).toMatch(message);
  });
});

async function startAndRead(): Promise<void> {
  const server = await startServerInProcess({ dataDir });
  await list(server);
  await server.stop();
}

/** A call that leaves an audit record in audit.db. */
async function list({ url, adminToken }: { readonly url: string; readonly adminToken: string }): Promise<void> {
  const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
  const answer = await fetch(`${url}/secret-svc/secrets`, { method: "POST", headers, body: "{}" });
  expect(answer.status).toBe(200);
  await answer.text();
}
