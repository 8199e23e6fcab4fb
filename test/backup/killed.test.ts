import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type BackupRecord, decodeRecords } from "../../src/backup/content.ts";
import { readBackupPrivateKey } from "../../src/crypto/backup-key.ts";
import { decryptBackup } from "../../src/crypto/backup-stream.ts";
import { createKeyring, type Keyring } from "../../src/crypto/keyring.ts";
import { signToken, signUser } from "../../src/identity/rows.ts";
import { createTokenSecret, hashToken } from "../../src/identity/token.ts";
import { openMongoSnapshot } from "../../src/store/mongo/open-snapshot.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { openSqliteSnapshot } from "../../src/store/sqlite/open-snapshot.ts";
import type { Store } from "../../src/store/store.ts";
import { runOo, runProgram } from "../cli/run-oo.ts";
import { createTestDatabase } from "../mongo/test-database.ts";
import { startServer } from "../server-process.ts";
import { aRecord, aSecret, aToken, aUser, nextVersion } from "../store/rows.ts";
import { contentOfSnapshot, fill, type StoreKind, save, storeKinds } from "./fixture.ts";
import { type Observer, observeMongo, observeSqlite, type Progress } from "./restore-progress.ts";

const program = fileURLToPath(new URL("../../bin/secret-svc", import.meta.url));
const [oldKey, newKey] = [Buffer.alloc(32, 3), Buffer.alloc(32, 4)];
const adminToken = createTokenSecret();
const secretCount = 450;
const userCount = 250;

let folder: string;
let source: readonly BackupRecord[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "killed-restore-"));
  const store = await openSqliteStore({ directory: join(folder, "data"), auditSync: "process" });
  await fillMore(store, createKeyring(oldKey, []));
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
  source = records;
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Enough for many commits of each kind. */
async function fillMore(store: Store, keyring: Keyring): Promise<void> {
  await fill(store, keyring);
  const users = [aUser("admin", { admin: true, operator: true })];
  const tokens = [aToken("admin", { slug: "admin", hash: hashToken(adminToken) })];
  for (let number = 0; number < userCount; number += 1) {
    users.push(aUser(`user-${number}`));
    tokens.push(aToken(`token-${number}`, { slug: `user-${number}` }));
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
      const first = await save(store, keyring, aSecret(`bulk/KEY_${number}`), { value: `first of ${number}` });
      await save(store, keyring, nextVersion(first), { value: `second of ${number}` });
    }),
  );
}

/** Where restores of one test go. */
interface Target {
  readonly env: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly observer: Observer;
  content(): Promise<readonly BackupRecord[]>;
}

async function openTarget(kind: StoreKind): Promise<Target> {
  const dataDir = mkdtempSync(join(tmpdir(), "killed-restore-"));
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

/** A moment of a restore: `now` is what is seen, `before` what was there when it began. */
interface Moment {
  readonly name: string;
  isCome(now: Progress, before: Progress): boolean;
}

const begun = (now: Progress, before: Progress) => now.mark !== "" && now.mark !== before.mark;
const after = (name: string, isPast: (now: Progress) => boolean): Moment => ({
  name,
  isCome: (now, before) => begun(now, before) && isPast(now),
});
const versionCount = 20 + 2 * secretCount;
const moments: readonly Moment[] = [
  after("the mark", () => true),
  after("a user", ({ users }) => users > 0),
  after("a token", ({ tokens }) => tokens > 0),
  after("a version", ({ versions }) => versions > 0),
  {
    name: "the rows of an earlier one are gone",
    isCome: (now, before) => !begun(now, before) && now.versions < before.versions,
  },
  after("half of the versions", ({ versions }) => versions > versionCount / 2),
  after("the last version", ({ versions }) => versions >= versionCount),
];

const pollMs = 1;

function startRestore({ env, dataDir }: Target): ChildProcess {
  const args = ["restore", "--from", "a.backup", "--key", "backup.key", "--data-dir", dataDir];
  return spawn(program, args, { cwd: folder, env: { PATH: process.env.PATH ?? "", ...env }, stdio: "ignore" });
}

/** Answers how it ended: the signal, or null when it was faster. */
async function killAt(target: Target, { isCome }: Moment): Promise<NodeJS.Signals | null> {
  const before = await target.observer.look();
  const child = startRestore(target);
  const ended = once(child, "exit");
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  while (!isOver() && !isCome(await target.observer.look(), before)) await delay(pollMs);
  child.kill("SIGKILL");
  const [, signal] = await ended;
  return signal;
}

/** Without what each store has of its own: its audit log, and the sealing key of its own keyring key. */
const shared = (records: readonly BackupRecord[]) => {
  const own = createKeyring(newKey, []).active.kid;
  return records.filter(
    ({ kind, ...record }) => !["backup", "end"].includes(kind) && !("kid" in record && record.kid === own),
  );
};

async function expectNotServed({ env, dataDir }: Target): Promise<void> {
  await expect(startServer({ dataDir, env })).rejects.toThrow("a restore into this store did not finish");
}

describe.each(storeKinds)("%s", (kind) => {
  test(`a restore that is killed at any of ${moments.length} moments is not served, and the next one does it all`, async () => {
    let target = await openTarget(kind);
    let kills = 0;
    for (const moment of moments) {
      if ((await killAt(target, moment)) === "SIGKILL") kills += 1;
      if ((await target.observer.look()).mark === "") {
        // It was faster: then it is all there.
        expect(shared(await target.content()), moment.name).toEqual(shared(source));
        target = await openTarget(kind);
      } else {
        await expectNotServed(target);
      }
    }
    expect(kills).toBeGreaterThan(moments.length / 2);
    if ((await target.observer.look()).mark === "")
      await killAt(
        target,
        after("a version", ({ versions }) => versions > 0),
      );

    const last = startRestore(target);
    expect((await once(last, "exit"))[0]).toBe(0);
    expect(shared(await target.content())).toEqual(shared(source));
    await expectWhole(target);
  }, 120_000);
});

/** The log is that of the last restore and nothing else, and what is in the backup works. */
async function expectWhole({ env, dataDir }: Target): Promise<void> {
  const server = await startServer({ dataDir, env });
  try {
    const oo = (...args: string[]) => runOo(args, { env: { OO_URL: server.url, OO_TOKEN: adminToken } });
    expect(await oo("audit", "verify")).toMatchObject({ code: 0 });
    expect((await oo("secret", "list", "bulk/KEY_7", "--show")).stdout).toContain("second of 7");
    const listed = await oo("audit", "list", "--action", "backup.restore", "-o", "json");
    const events: { count: number }[] = JSON.parse(listed.stdout);
    const ofTenant = source.filter(
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
