import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createGroupCommit } from "../../src/store/sqlite/group-commit.ts";
import { secretsSchema } from "../../src/store/sqlite/schema.ts";
import type { WriteReply, WriteRequest } from "../../src/store/sqlite/writer-requests.ts";

let folder: string;
let db: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "group-commit-"));
  db = new DatabaseSync(join(folder, "secrets.db"));
  db.exec("PRAGMA journal_mode = DELETE");
  db.exec(secretsSchema);
  db.exec("CREATE TABLE written (name TEXT)");
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const kindOf = (reply: WriteReply | undefined) => (reply?.stored === false ? reply.failure.kind : "stored");
const request = (name: string): WriteRequest => ({ kind: "append", body: name });

test("fault E8: after an I/O error at COMMIT that group is of unknown outcome, and nothing more is written", () => {
  let isBroken = false;
  const run = createGroupCommit({
    db,
    sink: "changes",
    apply: ({ body }) => {
      db.prepare("INSERT INTO written VALUES (?)").run(String(body));
      return { outcome: undefined, keep: true, audit: [] };
    },
    // COMMIT ends with deleting the journal. Here it is a folder by then, which cannot be deleted in the same way.
    beforeCommit: () => {
      if (!isBroken) return;
      const journal = join(folder, "secrets.db-journal");
      rmSync(journal);
      mkdirSync(join(journal, "not-empty"), { recursive: true });
    },
  });
  expect(run([request("first")]).map(kindOf)).toEqual(["stored"]);
  isBroken = true;
  expect(run([request("second"), request("third")]).map(kindOf)).toEqual(["unknown-outcome", "unknown-outcome"]);
  rmSync(join(folder, "secrets.db-journal"), { recursive: true });
  isBroken = false;
  expect(run([request("fourth"), request("fifth")]).map(kindOf)).toEqual(["unavailable", "unavailable"]);
  expect(db.isTransaction).toBe(false);
  const names = db.prepare("SELECT name FROM written").all();
  expect(names.map(({ name }) => name)).not.toContain("fourth");
});
