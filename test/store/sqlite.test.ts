import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { namesPage, secretsPage } from "../../src/store/sqlite/page-statements.ts";
import { visibleSecret } from "../../src/store/sqlite/read-secrets.ts";
import { schemaVersion } from "../../src/store/sqlite/schema.ts";
import type { Store } from "../../src/store/store.ts";
import { type OpenedStore, openAgain, storeContract } from "../suites/store/contract.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aLists, anIdempotencyRecord, aRecord, aSecret, startMs, tenant } from "../support/store/rows.ts";

async function openTemporary(): Promise<OpenedStore> {
  const directory = mkdtempSync(join(tmpdir(), "store-"));
  return openAgain(
    () => openSqliteStore({ directory, auditSync: "process" }),
    () => rmSync(directory, { recursive: true }),
  );
}

storeContract("sqlite", openTemporary);

describe("sqlite files", () => {
  let directory: string;
  const stores: Store[] = [];
  const open = async (options: { auditSync?: "full"; commitDelayMs?: number } = {}): Promise<Store> => {
    const store = await openSqliteStore({ directory, auditSync: "process", ...options });
    stores.push(store);
    return store;
  };
  const edit = (file: string, sql: string): void => {
    const db = new DatabaseSync(join(directory, file));
    db.exec(sql);
    db.close();
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "store-"));
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    rmSync(directory, { recursive: true, force: true });
  });

  it("are readable by their owner only, whatever was there before", async () => {
    const umask = process.umask(0);
    try {
      chmodSync(directory, 0o755);
      writeFileSync(join(directory, "secrets.db"), "", { mode: 0o644 });
      const store = await open();
      await begin(store);
      await store.commitSecrets(aCommit([aSecret("alice/A")], { audit: [aRecord()] }));
      await store.appendAccess([aRecord()]);
      const modes = readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o777]);
      expect(modes.sort()).toEqual(
        ["audit.db", "audit.db-shm", "audit.db-wal", "secrets.db", "secrets.db-shm", "secrets.db-wal"].map((name) => [
          name,
          0o600,
        ]),
      );
      expect(statSync(directory).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(umask);
    }
  });

  it("are tidied up by close, which ends the threads", async () => {
    const store = await open({ auditSync: "full" });
    await begin(store);
    await store.commitSecrets(aCommit([aSecret("alice/A")]));
    const underWay = store.appendAccess([aRecord()]);
    await Promise.all([store.close(), store.close()]);
    await underWay;
    expect(readdirSync(directory).sort()).toEqual(["audit.db", "secrets.db"]);
    await expect(store.appendAccess([aRecord()])).rejects.toMatchObject({ kind: "unavailable" });
    expect(process.getActiveResourcesInfo().filter((name) => name === "MessagePort" || name === "Worker")).toEqual([]);
  });

  it("of another schema version or another program are refused, and left alone", async () => {
    await (await open()).close();
    edit("secrets.db", "UPDATE meta SET value = 99 WHERE name = 'schema'");
    await expect(open()).rejects.toThrow(
      `secrets.db has schema version 99; this program needs ${schemaVersion}: a newer version of secret-svc wrote it; start that version`,
    );
    edit("secrets.db", "UPDATE meta SET value = 3 WHERE name = 'schema'");
    await expect(open()).rejects.toThrow(
      `secrets.db has schema version 3; this program needs ${schemaVersion}, and can migrate 4 or newer: restore a backup`,
    );
    edit("secrets.db", "DROP TABLE meta");
    await expect(open()).rejects.toThrow("secrets.db belongs to another program, or lost its table 'meta'");
    writeFileSync(join(directory, "secrets.db"), "this is not a database, although it has text in it".repeat(40));
    await expect(open()).rejects.toMatchObject({ name: "StoreError", kind: "unavailable" });
    writeFileSync(join(directory, "in-the-way"), "");
    const blocked = openSqliteStore({ directory: join(directory, "in-the-way"), auditSync: "process" });
    await expect(blocked).rejects.toMatchObject({ name: "StoreError", kind: "unavailable" });
  });

  it.each(["secrets.db", "audit.db"])(
    "that a newer version migrates are noticed at the next heartbeat: %s",
    async (file) => {
      const store = await open();
      await store.keepProcess({ id: "one", kids: [] });
      // A snapshot lasts for a turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      edit(file, "UPDATE meta SET value = 99 WHERE name = 'schema'");
      const outdated = store.keepProcess({ id: "one", kids: [] });
      await expect(outdated).rejects.toMatchObject({
        name: "LayoutError",
        message: expect.stringContaining(`${file} has`),
      });
    },
  );

  it("threat 80: threat 81: nothing of a secret is read for those who may not see it", async () => {
    const store = await open();
    await begin(store);
    const lists = aLists({ readers: ["alice"] });
    await store.commitSecrets(aCommit([aSecret("alice/A", { id: "secr_a", lists }), aSecret("alice/B", { lists })]));
    for (const visibleTo of [["bob"], ["bob", "team", "other"], []]) {
      expect(await store.findSecrets({ tenant, keys: ["alice/A"], visibleTo })).toEqual([]);
      expect(await store.findSecrets({ tenant, ids: ["secr_a", "secr_b"], visibleTo })).toEqual([]);
    }
    // The index comes first, by its whole key, and the table is only looked at for what it gives.
    const db = new DatabaseSync(join(directory, "secrets.db"), { readOnly: true });
    for (const identities of [1, 2, 8]) {
      const steps = db.prepare(`EXPLAIN QUERY PLAN ${visibleSecret(identities)}`).all();
      const tables = steps.map(({ detail }) => String(detail)).filter((detail) => /^(SCAN|SEARCH) [vs] /.test(detail));
      expect(tables).toEqual([
        "SEARCH v USING PRIMARY KEY (tenant=? AND identity=? AND removed=? AND key=?)",
        "SEARCH s USING INDEX secret_key (tenant=? AND key=?)",
      ]);
    }
    db.close();
  });

  it("a page reads one range of the index for each identity, and then the rows that it shows", async () => {
    const store = await open();
    await begin(store);
    const db = new DatabaseSync(join(directory, "secrets.db"), { readOnly: true });
    const touched = (sql: string) => {
      const details = db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => String(detail));
      return details.filter((detail) => /secret|visible|TEMP|\bs\b/.test(detail));
    };
    const range = "key>? AND key<?";
    const ofIdentity = `SEARCH visible USING PRIMARY KEY (tenant=? AND identity=? AND removed=? AND ${range})`;
    const ofTenant = `SEARCH secret USING COVERING INDEX secret_live (tenant=? AND ${range})`;
    const row = "SEARCH s USING INDEX secret_key (tenant=? AND key=?)";
    const page = { tenant, right: "any", prefix: "", glob: undefined, after: "", limit: 10, scanLimit: 10 } as const;
    for (const identities of [1, 2, 8]) {
      const query = { ...page, visibleTo: ["bob"] };
      const ranges = Array<string>(identities).fill(ofIdentity);
      expect(touched(secretsPage(query, identities))).toEqual([...ranges, row]);
      for (const hasGlob of [false, true]) expect(touched(namesPage(query, identities, hasGlob))).toEqual(ranges);
    }
    const query = { ...page, visibleTo: "everyone" } as const;
    expect(touched(secretsPage(query, 0))).toEqual([ofTenant, row]);
    for (const hasGlob of [false, true]) expect(touched(namesPage(query, 0, hasGlob))).toEqual([ofTenant]);
    db.close();
  });

  it("threat 15: a document that someone edited into another shape does not hide the others", async () => {
    const store = await open();
    await begin(store);
    const lists = aLists({ readers: ["alice"] });
    const secrets = ["a/1", "a/2", "a/3", "a/4"].map((key) => aSecret(key, { lists }));
    await store.commitSecrets(aCommit(secrets));
    edit("secrets.db", "UPDATE secret SET document = 'not json' WHERE key = 'a/1'");
    edit("secrets.db", `UPDATE secret SET document = '{"readers":["alice"]}' WHERE key = 'a/2'`);
    edit("secrets.db", `UPDATE secret SET document = replace(document, '"alice"', '[1]') WHERE key = 'a/3'`);
    const found = await store.findSecrets({ tenant, keys: secrets.map(({ key }) => key), visibleTo: ["alice"] });
    expect(found.map((secret) => secret.lists.readers)).toEqual([[], [], [], ["alice"]]);
  });

  it("reads go on while a commit waits for the disk, and see it only once it is stored", async () => {
    const store = await open({ commitDelayMs: 100 });
    await begin(store);
    const secret = aSecret("alice/A");
    let stored = false;
    const commit = store.commitSecrets(aCommit([secret])).then(() => {
      stored = true;
    });
    let early = 0;
    while (!stored) {
      const found = await store.findSecrets({ tenant, keys: ["alice/A"], visibleTo: "everyone" });
      if (found.length === 0) early += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await commit;
    expect(early).toBeGreaterThan(0);
    expect(await store.findSecrets({ tenant, keys: ["alice/A"], visibleTo: "everyone" })).toEqual([secret]);
  });

  it("a writer thread that dies fails every call that needs it, and hangs none", async () => {
    const workers: Worker[] = [];
    const remember = (worker: Worker) => workers.push(worker);
    process.on("worker", remember);
    const store = await open({ commitDelayMs: 50 });
    process.off("worker", remember);
    await begin(store);
    const commit = store.commitSecrets(aCommit([aSecret("alice/A")]));
    const append = store.appendAccess([aRecord()]);
    const outcomes = Promise.allSettled([commit, append]);
    await Promise.all(workers.map((worker) => worker.terminate()));
    const kinds = (await outcomes).map((outcome) => outcome.status === "rejected" && outcome.reason.kind);
    expect(kinds).toEqual(["unknown-outcome", "unavailable"]);
    const refused = { name: "StoreError", kind: "unavailable" };
    await expect(store.commitSecrets(aCommit([aSecret("alice/B")]))).rejects.toMatchObject(refused);
    await expect(store.appendAccess([aRecord()])).rejects.toMatchObject(refused);
    const revision = { tenant, expectedRevision: 0, users: [], tokens: [], audit: [] };
    await expect(store.commitIdentity(revision)).rejects.toMatchObject(refused);
    await store.close();
  });

  it("drops idempotency records after 24 hours, in the commit that adds one", async () => {
    const store = await open();
    await begin(store);
    const dayMs = 24 * 3600 * 1000;
    for (const [at, createdAtMs] of [startMs, startMs + 1, startMs + dayMs].entries()) {
      const idempotency = anIdempotencyRecord({ key: `key-${at}`, createdAtMs });
      await store.commitSecrets(aCommit([aSecret(`alice/${at}`)], { idempotency }));
    }
    const db = new DatabaseSync(join(directory, "secrets.db"), { readOnly: true });
    const stored = db
      .prepare("SELECT key FROM idempotency ORDER BY key")
      .all()
      .map((row) => row.key);
    db.close();
    expect(stored).toEqual(["key-1", "key-2"]);
  });
});
