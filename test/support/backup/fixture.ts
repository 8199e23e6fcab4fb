import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MongoClient } from "mongodb";
import type { BackupRecord } from "../../../src/backup/content.ts";
import { readStore } from "../../../src/backup/read-store.ts";
import { createKeyring, type Keyring } from "../../../src/crypto/keyring.ts";
import { signToken, signUser } from "../../../src/identity/rows.ts";
import { addActiveKey, openAuditKey, readAuditKey } from "../../../src/keys/keys-in-use.ts";
import { wrapSealingSeed } from "../../../src/keys/sealing-keys.ts";
import { type SecretPlaintext, sealDocument } from "../../../src/secrets/document.ts";
import { openMongoStore } from "../../../src/store/mongo/open.ts";
import { openMongoSnapshot } from "../../../src/store/mongo/restore/open-snapshot.ts";
import type { StoredSecret } from "../../../src/store/secret-rows.ts";
import type { StoreSnapshot } from "../../../src/store/snapshot.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open.ts";
import { openSqliteSnapshot } from "../../../src/store/sqlite/open-snapshot.ts";
import type { Store } from "../../../src/store/store.ts";
import { createTestDatabase } from "../mongo/test-database.ts";
import { aLists, aRecord, aSecret, aToken, aUser, nextVersion, startMs } from "../store/rows.ts";

export type StoreKind = "sqlite" | "mongodb";
/** Those that this run of the tests is for: vitest has a project for the embedded store alone. */
export const storeKinds: readonly StoreKind[] =
  process.env.TEST_STORE === "mongodb" ? ["sqlite", "mongodb"] : ["sqlite"];

/** An empty store, as restores find it, with ways around the service. */
export interface Place {
  readonly store: Store;
  snapshot(): Promise<StoreSnapshot>;
  /** Puts rows in the place of others, or deletes them, as someone with access to the database would. */
  readonly tamper: Tamper;
  dispose(): Promise<void>;
}

interface Tamper {
  /** Takes a copy of the current row of a secret, which can be put back whole. */
  copyRow(key: string): Promise<{ putBack(): Promise<void> }>;
  deleteRow(key: string): Promise<void>;
  deleteVersions(key: string, after: number): Promise<void>;
  setOwner(key: string, owner: string): Promise<void>;
  makeAdmin(slug: string): Promise<void>;
}

export async function openPlace(kind: StoreKind): Promise<Place> {
  return kind === "sqlite" ? openSqlitePlace() : openMongoPlace();
}

async function openSqlitePlace(): Promise<Place> {
  const directory = mkdtempSync(join(tmpdir(), "secret-svc-backup-"));
  const store = await openSqliteStore({ directory, auditSync: "process" });
  const run = async (sql: string, ...values: (string | number)[]) => {
    const db = new DatabaseSync(join(directory, "secrets.db"), { timeout: 5_000 });
    db.prepare(sql).run(...values);
    db.close();
  };
  return {
    store,
    snapshot: () => openSqliteSnapshot(directory),
    tamper: {
      async copyRow(key) {
        await run(`CREATE TABLE copied AS SELECT * FROM secret WHERE key = '${key}'`);
        return {
          async putBack() {
            await run("DELETE FROM secret WHERE key = ?", key);
            await run("INSERT INTO secret SELECT * FROM copied");
          },
        };
      },
      deleteRow: (key) => run("DELETE FROM secret WHERE key = ?", key),
      deleteVersions: (key, after) => run("DELETE FROM history WHERE key = ? AND version > ?", key, after),
      setOwner: (key, owner) => run("UPDATE secret SET owner = ? WHERE key = ?", owner, key),
      makeAdmin: (slug) => run("UPDATE users SET admin = 1 WHERE slug = ?", slug),
    },
    async dispose() {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
}

async function openMongoPlace(): Promise<Place> {
  const database = await createTestDatabase();
  const store = await openMongoStore({ uri: database.uri });
  const client = await MongoClient.connect(database.uri);
  const collection = (name: string) => client.db().collection(name);
  return {
    store,
    snapshot: () => openMongoSnapshot(database.uri),
    tamper: {
      async copyRow(key) {
        const copied = await collection("secrets").findOne({ key });
        return {
          async putBack() {
            await collection("secrets").deleteOne({ key });
            await collection("secrets").insertOne({ ...copied });
          },
        };
      },
      deleteRow: async (key) => void (await collection("secrets").deleteOne({ key })),
      deleteVersions: async (key, after) =>
        void (await collection("history").deleteMany({ key, version: { $gt: after } })),
      setOwner: async (key, owner) => void (await collection("secrets").updateOne({ key }, { $set: { owner } })),
      makeAdmin: async (slug) => void (await collection("users").updateOne({ slug }, { $set: { admin: true } })),
    },
    async dispose() {
      await client.close();
      await store.close();
      await database.drop();
    },
  };
}

export function aKeyring(): Keyring {
  return createKeyring(randomBytes(32), []);
}

/** What a service does when it starts. */
export async function begin(store: Store, keyring: Keyring): Promise<void> {
  const auditKey = await openAuditKey(store, keyring, startMs);
  await addActiveKey(store, keyring, startMs);
  await store.beginAudit({ auditKey, chain: randomBytes(8).toString("hex"), startedAtMs: startMs });
}

/** Saves a version of a secret as the service does: sealed, and with its record. Answers it. */
export async function save(
  store: Store,
  keyring: Keyring,
  fields: StoredSecret,
  plaintext: Partial<SecretPlaintext> = {},
): Promise<StoredSecret> {
  const { kid, envelope, ...rest } = fields;
  const secret = sealDocument(keyring, rest, { value: undefined, sealedDigest: undefined, ...plaintext });
  const { tenant, key, version, removed, updatedAtMs } = secret;
  const action = removed ? "secret.remove" : "secret.save";
  const record = aRecord({ tenant, key, version, action, timeMs: updatedAtMs });
  const changes = [{ secret, expectedVersion: version - 1 }];
  const { status } = await store.commitSecrets({ tenant, changes, audit: [record], idempotency: undefined });
  if (status !== "committed") throw new Error(status);
  return secret;
}

/** Something of everything that a store can hold, in two tenants. */
export async function fill(store: Store, keyring: Keyring): Promise<void> {
  await begin(store, keyring);
  for (const tenant of ["acme", "default"]) {
    const users = [
      aUser("alice", { tenant, admin: true, roles: ["backend", "ops"] }),
      aUser("bob", { tenant, removed: true }),
    ];
    const tokens = [
      aToken(`${tenant}-1`, { tenant, description: "größer" }),
      aToken(`${tenant}-2`, { tenant, grants: ["read:prod/*"], revokedAtMs: startMs + 5 }),
    ];
    const commit = {
      tenant,
      expectedRevision: 0,
      users: users.map((user) => signUser(keyring, user)),
      tokens: tokens.map((token) => signToken(keyring, token)),
      audit: [aRecord({ tenant, action: "user.save", key: "alice" })],
    };
    if ((await store.commitIdentity(commit)) !== "committed") throw new Error("stale");
    let secret = aSecret("prod/CHANGED", {
      tenant,
      lists: aLists({ readers: ["backend"] }),
      metadata: [["expires", "2030-01-01"]],
    });
    for (let version = 1; version <= (tenant === "acme" ? 13 : 2); version += 1) {
      secret = await save(store, keyring, secret, { value: `value ${version}` });
      secret = nextVersion(secret);
    }
    await save(store, keyring, aSecret("prod/SEALED", { tenant }), { value: "x", sealedDigest: randomBytes(32) });
    await save(store, keyring, aSecret("prod/LARGE", { tenant }), { value: '\u{1f511}\n\0"\\'.repeat(8_000) });
    const removed = await save(store, keyring, aSecret("prod/REMOVED", { tenant }), { value: "gone" });
    await save(store, keyring, nextVersion(removed, { removed: true }));
  }
  const seed = wrapSealingSeed(keyring, "aaaaaaaaaaaaaaaa", randomBytes(32));
  await store.addKey({ kid: "aaaaaaaaaaaaaaaa", purpose: "sealing", data: seed, createdAtMs: startMs });
  await store.addKey({ kid: "bbbbbbbbbbbbbbbb", purpose: "sealing", data: new Uint8Array(0), createdAtMs: startMs });
}

export interface Content {
  readonly records: readonly BackupRecord[];
  readonly problems: readonly string[];
}

/** Everything that a backup of the place has, and what it reports. */
export async function contentOf(place: Place, keyring: Keyring): Promise<Content> {
  const snapshot = await place.snapshot();
  try {
    return await contentOfSnapshot(snapshot, keyring);
  } finally {
    await snapshot.close();
  }
}

export async function contentOfSnapshot(snapshot: StoreSnapshot, keyring: Keyring): Promise<Content> {
  const problems: string[] = [];
  const onProblem = (problem: string) => void problems.push(problem);
  const auditKey = await readAuditKey(snapshot, keyring);
  const records: BackupRecord[] = [];
  for await (const record of readStore({ snapshot, keyring, auditKey, nowMs: startMs, onProblem }))
    records.push(record);
  return { records, problems };
}

export async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T, void> {
  yield* items;
}
