import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { createSecretCommit } from "../../src/store/sqlite/apply-secrets.ts";
import { prepareSecrets, secretColumns, toSecret } from "../../src/store/sqlite/row.ts";
import { secretsSchema } from "../../src/store/sqlite/schema.ts";
import { aCommit, aLists, aSecret, auditKey } from "../support/store/rows.ts";

/** What a save may change, in a column of an index or not. */
const changes = [
  { envelope: new Uint8Array([1, 2, 3]) },
  { kid: "0000000000000002" },
  { removed: true },
  { removed: false, lists: aLists({ readers: ["team"] }) },
  { id: "another-id" },
  { owner: "bob", updatedAtMs: 2_000_000_000_000 },
  { removed: true, kid: "0000000000000003" },
  { removed: false, id: "a-third-id", metadata: [["note", "x"]] as [string, string][] },
];

test("after each kind of save the indexes have what the table has, and the row is the secret", () => {
  const db = new DatabaseSync(":memory:");
  db.exec(secretsSchema);
  const commit = createSecretCommit(db, () => auditKey);
  const find = prepareSecrets(db, `SELECT ${secretColumns()} FROM secret WHERE key = ? AND kid = ?`);
  const keys = ["a/1", "a/2", "a/3"];
  for (const [start, key] of keys.entries()) {
    let secret = aSecret(key, { id: `id-of-${key}` });
    expect(commit(aCommit([secret])).keep).toBe(true);
    for (let at = 0; at < 2 * changes.length; at += 1) {
      const change = changes[(start + at) % changes.length] ?? {};
      const id = "id" in change ? `${change.id}-of-${key}-${at}` : secret.id;
      secret = { ...secret, ...change, id, version: secret.version + 1 };
      expect(commit(aCommit([secret])).outcome).toEqual({ status: "committed" });
      expect(db.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
      const [row] = find.all(key, secret.kid);
      expect(row && toSecret(row)).toEqual(secret);
    }
  }
  db.close();
});
