import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { chainStartMac } from "../../src/audit/chain.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import { createSecretCommit } from "../../src/store/sqlite/apply-secrets.ts";
import { createGroupCommit } from "../../src/store/sqlite/group-commit.ts";
import { secretsSchema } from "../../src/store/sqlite/schema.ts";
import type { WriteRequest } from "../../src/store/sqlite/writer-requests.ts";
import { aCommit, aRecord, aSecret, auditKey, startMs } from "../support/store/rows.ts";

describe("group commit", () => {
  let db: DatabaseSync;
  let commits: number;
  let run: ReturnType<typeof createGroupCommit>;
  const save = (...secrets: StoredSecret[]): WriteRequest => {
    const audit = secrets.map(({ key, version }) => aRecord({ key, version }));
    return { kind: "commit-secrets", body: aCommit(secrets, { audit }) };
  };
  const column = (sql: string): unknown[] =>
    db
      .prepare(sql)
      .all()
      .map((row) => Object.values(row)[0]);
  const limitPages = (more: number): void => {
    const pages = Number(column("PRAGMA page_count")[0]) + more;
    db.exec(`PRAGMA max_page_count = ${pages}`);
  };

  beforeEach(() => {
    db = new DatabaseSync(":memory:");
    db.exec(secretsSchema);
    commits = 0;
    const commitSecrets = createSecretCommit(db, () => auditKey);
    run = createGroupCommit({
      db,
      sink: "changes",
      apply: (request) => {
        if (request.kind !== "commit-secrets") throw new Error("only secrets are committed here");
        return commitSecrets(request.body);
      },
      beforeCommit: () => {
        commits += 1;
      },
    });
    const mac = chainStartMac(auditKey, "chain", "changes", startMs);
    run([{ kind: "start-chain", body: { auditKey, chain: "chain", mac } }]);
    commits = 0;
  });

  it("puts everything into one transaction and refuses only what has to be refused", () => {
    const replies = run([
      save(aSecret("a/1")),
      save(aSecret("a/2"), aSecret("a/1")),
      { kind: "append", body: "[]" },
      save(aSecret("a/3")),
    ]);
    expect(replies).toEqual([
      { stored: true, outcome: { status: "committed" } },
      { stored: true, outcome: { status: "stale", index: 1 } },
      { stored: false, failure: { kind: "unavailable", reason: "Error" } },
      { stored: true, outcome: { status: "committed" } },
    ]);
    expect(commits).toBe(1);
    expect(column("SELECT key FROM secret ORDER BY key")).toEqual(["a/1", "a/3"]);
    expect(column("SELECT key FROM audit ORDER BY position")).toEqual(["a/1", "a/3"]);
  });

  it("answers a full disk with unavailable, stores nothing of the group, and leaves no gap in the chain", () => {
    run([save(aSecret("a/1"))]);
    limitPages(2);
    const large = aSecret("a/2", { envelope: new Uint8Array(60_000) });
    const failure = { kind: "unavailable", fault: "no-space", reason: "database or disk is full" };
    const failed = { stored: false, failure };
    expect(run([save(aSecret("a/3")), save(large)])).toContainEqual(failed);
    const stored = column("SELECT key FROM secret ORDER BY key");
    expect(stored).not.toContain("a/2");
    db.exec("PRAGMA max_page_count = 1000000");
    expect(run([save(aSecret("a/4"))])).toEqual([{ stored: true, outcome: { status: "committed" } }]);
    expect(column("SELECT key FROM audit ORDER BY position")).toEqual([...stored, "a/4"]);
    const positions = column("SELECT position FROM audit ORDER BY position");
    expect(positions).toEqual(positions.map((_, at) => at + 1));
  });

  it("does not move the chain on when the transaction could not be committed", () => {
    run([save(aSecret("a/1"))]);
    // A deferred foreign key is only looked at by COMMIT.
    db.exec(`CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
      CREATE TRIGGER orphan AFTER INSERT ON secret WHEN new.key = 'a/2' BEGIN INSERT INTO child VALUES (1); END`);
    const failed = { stored: false, failure: { kind: "unavailable", reason: "constraint failed" } };
    expect(run([save(aSecret("a/2")), save(aSecret("a/3"))])).toEqual([failed, failed]);
    expect(db.isTransaction).toBe(false);
    expect(run([save(aSecret("a/4"))])).toEqual([{ stored: true, outcome: { status: "committed" } }]);
    expect(column("SELECT key FROM secret ORDER BY key")).toEqual(["a/1", "a/4"]);
    expect(column("SELECT position FROM audit ORDER BY position")).toEqual([1, 2]);
  });

  it("stores nothing that it cannot record", () => {
    const withoutChain = createGroupCommit({
      db,
      sink: "changes",
      apply: () => ({ outcome: undefined, keep: true, audit: [aRecord()] }),
      beforeCommit: () => undefined,
    });
    const failed = { stored: false, failure: { kind: "unavailable", reason: "Error" } };
    expect(withoutChain([{ kind: "append", body: "[]" }])).toEqual([failed]);
    expect(db.isTransaction).toBe(false);
  });
});
