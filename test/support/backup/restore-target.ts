import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { type BackupRecord, decodeRecords } from "../../../src/backup/content.ts";
import { readBackupPrivateKey } from "../../../src/crypto/backup-key.ts";
import { decryptBackup } from "../../../src/crypto/backup-stream.ts";
import { createKeyring, type Keyring } from "../../../src/crypto/keyring.ts";
import { signToken, signUser } from "../../../src/identity/rows.ts";
import { createTokenSecret, hashToken } from "../../../src/rules/token.ts";
import { openMongoSnapshot } from "../../../src/store/mongo/restore/open-snapshot.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open.ts";
import { openSqliteSnapshot } from "../../../src/store/sqlite/open-snapshot.ts";
import type { Store } from "../../../src/store/store.ts";
import { programPath } from "../built-package.ts";
import { runOo } from "../cli/run-oo.ts";
import { runProgram } from "../cli/run-process.ts";
import { compileCache } from "../compile-cache.ts";
import { createTestDatabase } from "../mongo/test-database.ts";
import { startServer } from "../server-process.ts";
import { aRecord, aSecret, aToken, aUser, nextVersion } from "../store/rows.ts";
import { contentOfSnapshot, fill, type StoreKind, save } from "./fixture.ts";
import { type Observer, observeMongo, observeSqlite } from "./restore-progress.ts";

const program = programPath("secret-svc");
const [oldKey, newKey] = [Buffer.alloc(32, 3), Buffer.alloc(32, 4)];
const adminToken = createTokenSecret();
const secretCount = 450;
const userCount = 250;
export const versionCount = 20 + 2 * secretCount;

/** A backup that takes a restore many commits of each kind. */
export interface LargeBackup {
  /** Where it is, with its keys. */
  readonly folder: string;
  readonly name: string;
  readonly records: readonly BackupRecord[];
}

/** Its users and secrets are called by its name. `folder` has to be removed. */
export async function makeLargeBackup(name: string): Promise<LargeBackup> {
  const folder = mkdtempSync(join(tmpdir(), "large-backup-"));
  const store = await openSqliteStore({ directory: join(folder, "data"), auditSync: "process" });
  await fillMore(store, createKeyring(oldKey, []), name);
  await store.close();
  const run = (...args: string[]) =>
    runProgram(program, args, { cwd: folder, env: { OB_ENCRYPTION_KEY: oldKey.toString("base64") } });
  writeFileSync(join(folder, "backup.pub"), (await run("backup-key", "backup.key")).stdout);
  const made = await run("backup", "--data-dir", "data", "--to", "a.backup", "--key", "backup.pub");
  expect(made).toMatchObject({ code: 0, stderr: "" });
  const privateKey = await readBackupPrivateKey(readFileSync(join(folder, "backup.key"), "utf8").trim());
  const records: BackupRecord[] = [];
  const file = createReadStream(join(folder, "a.backup"));
  for await (const record of decodeRecords(decryptBackup(privateKey, file))) records.push(record);
  return { folder, name, records };
}

/** Enough for many commits of each kind. */
async function fillMore(store: Store, keyring: Keyring, name: string): Promise<void> {
  await fill(store, keyring);
  const users = [aUser("admin", { admin: true, operator: true })];
  const tokens = [aToken("admin", { slug: "admin", hash: hashToken(adminToken) })];
  for (let number = 0; number < userCount; number += 1) {
    users.push(aUser(`${name}-${number}`));
    tokens.push(aToken(`${name}-token-${number}`, { slug: `${name}-${number}` }));
  }
  await store.commitIdentity({
    tenant: "default",
    expectedRevision: await store.identityRevision("default"),
    users: users.map((user) => signUser(keyring, user)),
    tokens: tokens.map((token) => signToken(keyring, token)),
    audit: [aRecord({ action: "user.save", key: "admin" })],
  });
  await Promise.all(
    Array.from({ length: secretCount }, async (_, number) => {
      const first = await save(store, keyring, aSecret(`${name}/KEY_${number}`), { value: `first of ${number}` });
      await save(store, keyring, nextVersion(first), { value: `second of ${number}` });
    }),
  );
}

/** Where restores of one test go. */
export interface RestoreTarget {
  readonly env: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly observer: Observer;
  /** Everything in it; fails when something does not verify. */
  content(): Promise<readonly BackupRecord[]>;
}

export async function openTarget(kind: StoreKind): Promise<RestoreTarget> {
  const dataDir = mkdtempSync(join(tmpdir(), "restore-target-"));
  const database = kind === "mongodb" ? await createTestDatabase() : undefined;
  const observer = database === undefined ? observeSqlite(dataDir) : await observeMongo(database.uri);
  onTestFinished(async () => {
    await observer.close();
    await database?.drop();
    rmSync(dataDir, { recursive: true });
  });
  const store = database === undefined ? {} : { SECRET_SVC_STORE: database.uri };
  return {
    env: { OB_ENCRYPTION_KEY: newKey.toString("base64"), ...store },
    dataDir,
    observer,
    async content() {
      const snapshot =
        database === undefined ? await openSqliteSnapshot(dataDir) : await openMongoSnapshot(database.uri);
      try {
        const { records, problems } = await contentOfSnapshot(snapshot, createKeyring(newKey, []));
        expect(problems).toEqual([]);
        return records;
      } finally {
        await snapshot.close();
      }
    },
  };
}

/** Output is piped, so a test that wants it has to read it. */
export function startRestore({ env, dataDir }: RestoreTarget, { folder }: LargeBackup): ChildProcess {
  const args = ["restore", "--from", "a.backup", "--key", "backup.key", "--data-dir", dataDir];
  const environment = { PATH: process.env.PATH ?? "", ...compileCache, ...env };
  return spawn(program, args, { cwd: folder, env: environment, stdio: ["ignore", "ignore", "pipe"] });
}

/** Without what each store has of its own: its audit log, and the sealing key of its own keyring key. */
export const shared = (records: readonly BackupRecord[]) => {
  const own = createKeyring(newKey, []).active.kid;
  return records.filter(
    ({ kind, ...record }) => !["backup", "end"].includes(kind) && !("kid" in record && record.kid === own),
  );
};

/** The log is that of the last restore and nothing else, and what is in the backup works. */
export async function expectWhole({ env, dataDir }: RestoreTarget, { name, records }: LargeBackup): Promise<void> {
  const server = await startServer({ dataDir, env });
  try {
    const oo = (...args: string[]) => runOo(args, { env: { OO_URL: server.url, OO_TOKEN: adminToken } });
    expect(await oo("audit", "verify")).toMatchObject({ code: 0 });
    expect((await oo("secret", "list", `${name}/KEY_7`, "--show")).stdout).toContain("second of 7");
    const listed = await oo("audit", "list", "--action", "backup.restore", "-o", "json");
    const events: { count: number }[] = JSON.parse(listed.stdout);
    const ofTenant = records.filter(
      (record) =>
        (record.kind === "user" && record.user.tenant === "default") ||
        (record.kind === "token" && record.token.tenant === "default") ||
        (record.kind === "secret" && record.versions[0]?.tenant === "default"),
    );
    expect(events.reduce((sum, { count }) => sum + count, 0)).toBe(ofTenant.length);
  } finally {
    await server.stop();
  }
}
