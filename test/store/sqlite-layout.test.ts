import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chainStartMac } from "../../src/audit/chain.ts";
import { createIdentityCommit } from "../../src/store/sqlite/apply-identity.ts";
import { createSecretCommit } from "../../src/store/sqlite/apply-secrets.ts";
import { createSchemaCheck } from "../../src/store/sqlite/expected-schema.ts";
import { type ApplyRequest, createGroupCommit } from "../../src/store/sqlite/group-commit.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { accessSchema, secretsSchema } from "../../src/store/sqlite/schema.ts";
import type { Store } from "../../src/store/store.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aLists, aRecord, aSecret, aToken, aUser, auditKey, startMs, tenant } from "../support/store/rows.ts";

let directory: string;
let store: Store | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "layout-"));
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  rmSync(directory, { recursive: true });
});

async function open(): Promise<Store> {
  store = await openSqliteStore({ directory, auditSync: "process" });
  return store;
}

function edit(sql: string, file = "secrets.db"): void {
  const db = new DatabaseSync(join(directory, file), { timeout: 5_000 });
  db.exec(sql);
  db.close();
}

const changed = { kind: "unavailable", fault: "changed" };
const ignoring = (what: string) => `CREATE TRIGGER t BEFORE ${what} BEGIN SELECT raise(ignore); END`;

describe("fault B4: what undoes writes in the file", () => {
  it.each([
    ["a trigger on updates of tokens", ignoring("UPDATE ON tokens"), "the trigger t of the table tokens was added"],
    [
      "a trigger after changes of lists",
      "CREATE TRIGGER t AFTER INSERT ON visible BEGIN DELETE FROM visible; END",
      "trigger t",
    ],
    ["a unique index", "CREATE UNIQUE INDEX u ON secret (owner)", "the index u of the table secret was added"],
    ["another index under a known name", "DROP INDEX users_kid; CREATE INDEX users_kid ON users (slug)", "users_kid"],
    ["another table under a known name", "DROP TABLE chains; CREATE TABLE chains (chain TEXT)", "chains"],
    [
      "a view in the place of a table",
      "ALTER TABLE idempotency RENAME TO old; CREATE VIEW idempotency AS SELECT * FROM old",
      "view idempotency",
    ],
    ["a column that a table did not have", "ALTER TABLE tokens ADD COLUMN more TEXT", "the table tokens was changed"],
  ])("%s: the service does not start, and says what it is", async (_what, sql, named) => {
    await (await open()).close();
    edit(sql);
    await expect(open()).rejects.toMatchObject({ ...changed, message: expect.stringContaining(named) });
    await expect(open()).rejects.toThrow("its tables are not as the service made them");
  });

  it("added while the service runs is noticed by the next write, which is refused, and by every one until it is gone", async () => {
    const running = await open();
    await begin(running);
    const token = aToken("tok_1");
    const create = { tenant, expectedRevision: 0, users: [aUser("alice")], tokens: [token], audit: [aRecord()] };
    expect(await running.commitIdentity(create)).toBe("committed");
    edit(ignoring("UPDATE ON tokens"));
    const revoke = { ...create, expectedRevision: 1, users: [], tokens: [{ ...token, revokedAtMs: 1 }] };
    await expect(running.commitIdentity(revoke)).rejects.toMatchObject(changed);
    await expect(running.commitSecrets(aCommit([aSecret("a/A")], { audit: [aRecord()] }))).rejects.toMatchObject(
      changed,
    );
    await expect(running.probe()).rejects.toMatchObject(changed);
    expect(await running.changedLayout()).toEqual(["the trigger t of the table tokens was added"]);
    expect((await running.findToken(tenant, token.id))?.revokedAtMs).toBe(0);
    edit("DROP TRIGGER t");
    expect(await running.commitIdentity(revoke)).toBe("committed");
    expect((await running.findToken(tenant, token.id))?.revokedAtMs).toBe(1);
    await running.probe();
    expect(await running.changedLayout()).toEqual([]);
  });

  it("in the file of the records of access refuses those", async () => {
    const running = await open();
    await begin(running);
    edit(ignoring("INSERT ON audit"), "audit.db");
    await expect(running.appendAccess([aRecord()])).rejects.toMatchObject(changed);
  });

  it("leaves alone what does no harm: other tables, indexes, views and statistics", async () => {
    await (await open()).close();
    edit(`CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER); CREATE INDEX more ON secret (owner);
      CREATE VIEW shown AS SELECT key FROM secret; ANALYZE`);
    const running = await open();
    await begin(running);
    expect(await running.commitSecrets(aCommit([aSecret("a/A")], { audit: [aRecord()] }))).toEqual({
      status: "committed",
    });
    expect(await running.changedLayout()).toEqual([]);
  });

  it.each(["secret", "visible", "history", "events", "audit", "users", "tokens", "identity_revision"])(
    "is also found by the number of rows that a write to %s changes, whatever the schema says",
    (table) => {
      const db = new DatabaseSync(":memory:");
      db.exec(secretsSchema);
      const [secrets, identity] = [createSecretCommit(db, () => auditKey), createIdentityCommit(db)];
      const apply: ApplyRequest = (request) => {
        if (request.kind === "commit-secrets") return secrets(request.body);
        if (request.kind === "commit-identity") return identity(request.body);
        throw new Error("not here");
      };
      const run = createGroupCommit({ db, sink: "changes", apply, beforeCommit: () => undefined });
      const mac = chainStartMac(auditKey, "chain", "changes", startMs);
      run([{ kind: "start-chain", body: { auditKey, chain: "chain", mac } }]);
      db.exec(ignoring(`INSERT ON ${table}`));
      const secret = aCommit([aSecret("a/A", { lists: aLists({ readers: ["alice"] }) })], { audit: [aRecord()] });
      const people = { tenant, expectedRevision: 0, users: [aUser("a")], tokens: [aToken("t")], audit: [aRecord()] };
      const replies = run([
        { kind: "commit-secrets", body: secret },
        { kind: "commit-identity", body: people },
      ]);
      expect(replies.some((reply) => !reply.stored && reply.failure.fault === "changed")).toBe(true);
      db.close();
    },
  );
});

it("fault B4: the check knows every table and index of both files", () => {
  for (const schema of [secretsSchema, accessSchema]) {
    const db = new DatabaseSync(":memory:");
    db.exec(schema);
    const check = createSchemaCheck(schema);
    expect(check(db)).toEqual(["the table meta is missing"]);
    db.exec("CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID");
    expect(check(db)).toEqual([]);
    const names = db
      .prepare("SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'")
      .all();
    for (const { type, name } of names) {
      db.exec(`SAVEPOINT one; DROP ${String(type)} IF EXISTS ${String(name)}`);
      expect(check(db).length, String(name)).toBeGreaterThan(0);
      db.exec("ROLLBACK TO one; RELEASE one");
    }
    db.close();
  }
});
