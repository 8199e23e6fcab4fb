import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { signCheckpoint } from "../../src/audit/checkpoint.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { aJournal } from "../support/store/a-journal.ts";
import { accessVersions } from "../support/store/access-versions.ts";
import { begin } from "../support/store/begin.ts";
import { aRecord, auditKey } from "../support/store/rows.ts";

const count = 12;

/** A store whose last process crashed between the end of its chain and the deletion of its journal. */
async function aStore() {
  const directory = mkdtempSync(join(tmpdir(), "sqlite-journal-"));
  const journal = aJournal();
  onTestFinished(() => {
    journal.remove();
    rmSync(directory, { recursive: true, force: true });
  });
  const open = async () => {
    const store = await openSqliteStore({ directory, auditSync: "process", journal });
    onTestFinished(() => store.close());
    return store;
  };
  const edit = (sql: string) => {
    const db = new DatabaseSync(join(directory, "audit.db"));
    db.exec(sql);
    db.close();
  };
  const first = await open();
  await begin(first);
  for (let at = 1; at <= count; at += 1) await first.appendAccess([aRecord({ version: at })]);
  const copy = join(directory, "copy");
  cpSync(journal.folder, copy, { recursive: true });
  await first.close();
  expect(readdirSync(journal.folder)).toEqual([]);
  const putBack = () => cpSync(copy, journal.folder, { recursive: true });
  return { open, edit, putBack, files: () => readdirSync(journal.folder).filter((name) => name.endsWith(".segment")) };
}

const all = Array.from({ length: count }, (_, at) => at + 1);

test.each([
  ["the position is noted", ""],
  ["the position is not noted any more", "DELETE FROM meta WHERE name LIKE 'journal %'"],
])("threat 312: records that are in audit.db already are not stored twice (%s)", async (_, sql) => {
  const { open, edit, putBack, files } = await aStore();
  putBack();
  edit(sql);
  const store = await open();
  await begin(store);
  const { versions, problems } = await accessVersions(store);
  expect(versions).toEqual(all);
  // Only the new process has no end yet.
  expect(problems).toMatchObject([{ kind: "unfinished", position: 1 }]);
  expect(files()).toHaveLength(1);
});

test.each([
  ["some", count - 4],
  ["all", count],
])("records that retention has dropped do not come back from a journal (%s)", async (_, dropped) => {
  const { open, putBack } = await aStore();
  const between = await open();
  const { records } = await between.readAudit("access", "", 1_000);
  const { chain = "", mac = new Uint8Array(0), timeMs = 0 } = records[dropped - 1] ?? {};
  const checkpoint = { chain, sink: "access", position: dropped, lastMac: mac, lastTimeMs: timeMs } as const;
  await between.dropAudit(signCheckpoint(auditKey, checkpoint));
  await between.close();
  putBack();
  const store = await open();
  await begin(store);
  const { versions, problems } = await accessVersions(store);
  expect(versions).toEqual(all.slice(dropped));
  expect(problems).toMatchObject([{ kind: "unfinished", position: 1 }]);
});

test.each([
  ["another record", "UPDATE audit SET mac = zeroblob(32) WHERE position = 3"],
  ["no record", "DELETE FROM audit WHERE position = 3"],
])("threat 313: %s in the place of one of the journal is found, and the journal stays", async (_, sql) => {
  const { open, edit, putBack, files } = await aStore();
  putBack();
  edit(sql);
  const store = await open();
  await begin(store);
  expect(files()).toHaveLength(2);
  expect((await accessVersions(store)).problems.map(({ kind }) => kind)).toContain(
    sql.startsWith("UPDATE") ? "edited" : "missing",
  );
});
