import { copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { faultOf } from "../../src/store/sqlite/failure.ts";
import { openSqliteStore, type SqliteStoreOptions } from "../../src/store/sqlite/open.ts";
import { createWriteProbe } from "../../src/store/sqlite/probe.ts";
import { createSnapshot } from "../../src/store/sqlite/snapshot.ts";
import type { Store } from "../../src/store/store.ts";
import { begin } from "../support/store/begin.ts";
import { damagePage, namesIn } from "../support/store/damage.ts";
import {
  aCommit,
  aLists,
  anIdempotencyRecord,
  aRecord,
  aSecret,
  aToken,
  aUser,
  startMs,
  tenant,
} from "../support/store/rows.ts";

let directory: string;
let store: Store | undefined;

const secretsFile = () => join(directory, "secrets.db");

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "disk-"));
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  rmSync(directory, { recursive: true });
});

async function open(options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
  store = await openSqliteStore({ directory, auditSync: "process", ...options });
  return store;
}

const lists = aLists({ readers: ["alice"] });
const token = aToken("tok_1");
const idempotency = anIdempotencyRecord();

async function fill(): Promise<void> {
  const filled = await open();
  await begin(filled);
  const secrets = [aSecret("alice/A", { lists }), aSecret("alice/B", { lists })];
  await filled.commitSecrets(aCommit(secrets, { audit: [aRecord()], idempotency }));
  const identities = { users: [aUser("alice")], tokens: [token], audit: [aRecord()] };
  await filled.commitIdentity({ tenant, expectedRevision: 0, ...identities });
  await filled.appendAccess([aRecord()]);
  await filled.close();
}

/** Every way to read. */
function reads(of: Store): Record<string, () => Promise<unknown>> {
  const page = { tenant, right: "any", prefix: "", after: "", limit: 10, scanLimit: 10 } as const;
  const everyone = { ...page, visibleTo: "everyone", glob: undefined } as const;
  const visibleTo = ["alice"];
  return {
    findByKey: () => of.findSecrets({ tenant, keys: ["alice/A"], visibleTo: "everyone" }),
    findVisible: () => of.findSecrets({ tenant, keys: ["alice/A"], visibleTo }),
    findById: () => of.findSecrets({ tenant, ids: [aSecret("alice/A").id], visibleTo }),
    list: () => of.listSecrets(everyone),
    listVisible: () => of.listSecrets({ ...everyone, visibleTo }),
    listNames: () => of.listNames({ ...everyone, visibleTo, glob: "alice/*" }),
    listHistory: () => of.listHistory(tenant, "alice/A"),
    listRemoved: () => of.listRemoved(startMs, 10, 0),
    findIdempotency: () => of.findIdempotency(tenant, "alice", idempotency.rpc, idempotency.key, startMs),
    identityRevision: () => of.identityRevision(tenant),
    findUser: () => of.findUser(tenant, "alice"),
    listUsers: () => of.listUsers(tenant, "", 10),
    hasNoUsers: () => of.hasNoUsers(),
    findTokenByHash: () => of.findTokenByHash(token.hash),
    findToken: () => of.findToken(tenant, token.id),
    listTokens: () => of.listTokens(tenant, undefined, "", 10),
    listTokensOf: () => of.listTokens(tenant, "alice", "", 10),
    listKeys: () => of.listKeys(),
    countByKey: () => of.countByKey(startMs),
    listUnderKey: () => of.listUnderKey("secrets", "0123456789abcdef", "", 10),
    listChains: () => of.listChains(),
    listCheckpoints: () => of.listCheckpoints(),
    listAudit: () => of.listAudit({ tenant, limit: 10 }),
    readAudit: () => of.readAudit("changes", "", 10),
    watch: async () => {
      const ending = new AbortController();
      for await (const _batch of of.watchSecrets({ tenant, after: "", signal: ending.signal })) ending.abort();
    },
  };
}

describe("fault B1: an unreadable page", () => {
  it("of a table or an index fails the reads that need it, says why, and ends nothing", async () => {
    await fill();
    const names = [
      "secret",
      "secret_key",
      "secret_id",
      "visible",
      "history",
      "idempotency",
      "users",
      "tokens",
      "keys",
      "events",
    ];
    const failing = new Set<string>();
    for (const name of names) {
      const copy = mkdtempSync(join(tmpdir(), "disk-"));
      try {
        for (const file of ["secrets.db", "audit.db"]) copyFileSync(join(directory, file), join(copy, file));
        damagePage(join(copy, "secrets.db"), name);
        const opened = await openSqliteStore({ directory: copy, auditSync: "process" });
        for (const [read, run] of Object.entries(reads(opened))) {
          const error: unknown = await run().then(
            () => undefined,
            (caught: unknown) => caught,
          );
          // An error in the COMMIT of the shared snapshot would come now, and would fail the run.
          await setImmediate();
          if (error === undefined) continue;
          failing.add(name);
          expect([read, error]).toMatchObject([read, { name: "StoreError", kind: "unavailable", fault: "damaged" }]);
        }
        await opened.close();
      } finally {
        rmSync(copy, { recursive: true });
      }
    }
    expect([...failing]).toEqual(names);
  });

  it("does not fail the reads that do without it, nor those of the same turn", async () => {
    await fill();
    damagePage(secretsFile(), "users");
    const damaged = await open();
    const results = await Promise.allSettled([
      damaged.findSecrets({ tenant, keys: ["alice/A"], visibleTo: "everyone" }),
      damaged.findUser(tenant, "alice"),
      damaged.findSecrets({ tenant, keys: ["alice/B"], visibleTo: "everyone" }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    await setImmediate();
    expect(await damaged.findSecrets({ tenant, keys: ["alice/A"], visibleTo: "everyone" })).toHaveLength(1);
  });

  it("met by a commit fails that commit only, and the chain has no gap", async () => {
    await fill();
    damagePage(secretsFile(), "users_kid");
    const damaged = await open();
    await begin(damaged);
    const identities = { users: [aUser("bob")], tokens: [], audit: [aRecord()] };
    const failed = { kind: "unavailable", fault: "damaged", message: expect.stringContaining("damaged") };
    await expect(damaged.commitIdentity({ tenant, expectedRevision: 1, ...identities })).rejects.toMatchObject(failed);
    const commit = aCommit([aSecret("alice/C")], { audit: [aRecord({ key: "alice/C" })] });
    expect(await damaged.commitSecrets(commit)).toEqual({ status: "committed" });
  });

  it("leaves nothing cached from before", () => {
    const db = new DatabaseSync(":memory:");
    db.exec("CREATE TABLE t (n)");
    let changes = 0;
    const snapshot = createSnapshot(db, () => {
      changes += 1;
    });
    const read = () => snapshot.read(() => db.prepare("SELECT count(*) AS n FROM t").get()?.n);
    expect(read()).toBe(0);
    expect(() =>
      snapshot.read(() => {
        // What SQLite does by itself for an I/O error.
        db.exec("ROLLBACK");
        throw new Error("disk I/O error");
      }),
    ).toThrow("disk I/O error");
    expect([read(), changes]).toEqual([0, 2]);
    // The transaction is gone when the turn ends, and it is ended anyway.
    db.exec("ROLLBACK");
    expect(() => snapshot.end()).not.toThrow();
    expect([read(), changes]).toEqual([0, 3]);
  });
});

describe("fault B6: a probe", () => {
  it("finds a page that cannot be read, in whatever table or index it is, also one that only writes use", async () => {
    await fill();
    const copy = join(directory, "copy.db");
    for (const [file, notProbed] of [
      ["secrets.db", ["keys_one_audit", "meta", "sqlite_sequence"]],
      ["audit.db", ["meta"]],
    ] as const) {
      for (const name of namesIn(join(directory, file))) {
        if ((notProbed as readonly string[]).includes(name)) continue;
        copyFileSync(join(directory, file), copy);
        damagePage(copy, name);
        const db = new DatabaseSync(copy);
        const probe = createWriteProbe(db);
        db.exec("BEGIN");
        expect(probe, name).toThrow("malformed");
        db.close();
      }
    }
    damagePage(secretsFile(), "history_kid");
    await expect((await open()).probe()).rejects.toMatchObject({ kind: "unavailable", fault: "damaged" });
  });

  it("leaves nothing but a count, and writes only when a write has failed or the last try is long ago", async () => {
    await fill();
    const opened = await open();
    const db = new DatabaseSync(secretsFile(), { readOnly: true });
    const probes = () => db.prepare("SELECT value FROM meta WHERE name = 'probes'").get()?.value;
    const rows = () => db.prepare("SELECT count(*) AS n FROM secret").get()?.n;
    await Promise.all([opened.probe(), opened.probe()]);
    await opened.probe();
    expect([probes(), rows()]).toEqual([2, 2]);
    db.close();
  });

  it("finds a full disk, and its end", async () => {
    await fill();
    const full = await open({ pagesMax: 1 });
    await begin(full);
    await full.probe();
    const large = aSecret("alice/C", { envelope: new Uint8Array(60_000) });
    await expect(full.commitSecrets(aCommit([large], { audit: [aRecord()] }))).rejects.toThrow("no space");
    await full.probe();
  });
});

describe("fault B7: what is wrong with the disk", () => {
  it("is said by a commit and by a record of a read when no space is left", async () => {
    await fill();
    const full = await open({ pagesMax: 1 });
    // Registering the chains needs no new page.
    await begin(full);
    const large = aSecret("alice/C", { envelope: new Uint8Array(60_000) });
    const noSpace = { fault: "no-space", message: "the store could not write: no space is left on its disk" };
    await expect(full.commitSecrets(aCommit([large], { audit: [aRecord()] }))).rejects.toMatchObject(noSpace);
    const records = Array.from({ length: 200 }, () => aRecord({ filter: "x".repeat(500) }));
    const unrecorded = { fault: "no-space", message: "the record could not be stored: no space is left on its disk" };
    await expect(full.appendAccess(records)).rejects.toMatchObject(unrecorded);
  });

  it("is said when the files were replaced while they were open", async () => {
    await fill();
    const opened = await open();
    await begin(opened);
    rmSync(secretsFile());
    writeFileSync(secretsFile(), "");
    const commit = aCommit([aSecret("alice/C")], { audit: [aRecord()] });
    await expect(opened.commitSecrets(commit)).rejects.toMatchObject({ kind: "unavailable", fault: "replaced" });
  });

  it("is said when a file cannot be opened, with its name", async () => {
    writeFileSync(secretsFile(), "this is not a database, although it has text in it".repeat(40));
    const failed = { fault: "damaged", message: expect.stringContaining("secrets.db cannot be read as a database") };
    await expect(open()).rejects.toMatchObject(failed);
    rmSync(secretsFile());
    await fill();
    truncateSync(secretsFile(), 4096 * 3);
    await expect(open().then((opened) => opened.listKeys())).rejects.toMatchObject({ fault: "damaged" });
  });

  it("is found in the errors of SQLite and of the system", () => {
    const caught = (work: () => unknown): unknown => {
      try {
        work();
      } catch (error) {
        return error;
      }
      throw new Error("nothing was thrown");
    };
    const path = secretsFile();
    const db = new DatabaseSync(path);
    db.exec("CREATE TABLE t (n)");
    const reader = new DatabaseSync(path, { readOnly: true });
    expect(faultOf(caught(() => reader.exec("INSERT INTO t VALUES (1)")))).toBe("read-only");
    const other = new DatabaseSync(path, { timeout: 0 });
    db.exec("BEGIN IMMEDIATE");
    expect(faultOf(caught(() => other.exec("BEGIN IMMEDIATE")))).toBe("locked");
    expect(faultOf(caught(() => new DatabaseSync(join(directory, "none", "x.db"))))).toBe("no-access");
    expect(faultOf(caught(() => writeFileSync("/dev/full", "x")))).toBe("no-space");
    expect(faultOf(caught(() => db.exec("INSERT INTO nothing VALUES (1)")))).toBeUndefined();
    for (const each of [db, reader, other]) each.close();
  });
});
