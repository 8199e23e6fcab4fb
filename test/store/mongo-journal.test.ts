import { cpSync, readdirSync, rmSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { signCheckpoint } from "../../src/audit/checkpoint.ts";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { borrowTestDatabase } from "../support/mongo/test-database.ts";
import { aJournal } from "../support/store/a-journal.ts";
import { accessVersions } from "../support/store/access-versions.ts";
import { begin } from "../support/store/begin.ts";
import { aRecord, auditKey } from "../support/store/rows.ts";

const count = 12;

/** A journal that a process left which crashed before it deleted the file, on a database that has all of it. */
async function aLeftJournal() {
  const [database, other] = [await borrowTestDatabase(), await borrowTestDatabase()];
  const journal = aJournal();
  const copy = `${journal.folder}-copy`;
  onTestFinished(async () => {
    journal.remove();
    rmSync(copy, { recursive: true, force: true });
    for (const each of [database, other]) await each.drop();
  });
  const open = async (uri = database.uri) => {
    const store = await openMongoStore({ uri, journal });
    onTestFinished(() => store.close());
    return store;
  };
  const first = await open();
  await begin(first);
  for (let at = 1; at <= count; at += 1) await first.appendAccess([aRecord({ version: at })]);
  cpSync(journal.folder, copy, { recursive: true });
  await first.close();
  cpSync(copy, journal.folder, { recursive: true });
  const files = () => readdirSync(journal.folder).filter((name) => name.endsWith(".segment"));
  return { open, files, uri: other.uri };
}

const all = Array.from({ length: count }, (_, at) => at + 1);

test.each([0, count - 4, count])(
  "threat 319: what retention has dropped does not come back from a journal (%i)",
  async (dropped) => {
    const { open, files } = await aLeftJournal();
    // It looks for journals only when it begins to record.
    const between = await open();
    const { records } = await between.readAudit("access", "", 1_000);
    const { chain = "", mac = new Uint8Array(0), timeMs = 0 } = records[dropped - 1] ?? {};
    const checkpoint = { chain, sink: "access", position: dropped, lastMac: mac, lastTimeMs: timeMs } as const;
    if (dropped > 0) await between.dropAudit(signCheckpoint(auditKey, checkpoint));
    await between.close();
    const store = await open();
    await begin(store);
    const { versions, problems } = await accessVersions(store);
    expect(versions).toEqual(all.slice(dropped));
    // Only the new process has no end yet.
    expect(problems).toMatchObject([{ kind: "unfinished", position: 1 }]);
    expect(files()).toHaveLength(1);
  },
);

test("threat 309: a journal of another store, as after a restore into a new one, is left alone", async () => {
  const { open, files, uri } = await aLeftJournal();
  for (let start = 1; start <= 2; start += 1) {
    const restored = await open(uri);
    await begin(restored);
    const { versions } = await accessVersions(restored);
    expect(versions).toEqual([]);
    // Its own, and that of the former store.
    expect(files()).toHaveLength(2);
    await restored.close();
  }
  // The former store takes it.
  const former = await open();
  await begin(former);
  expect((await accessVersions(former)).versions).toEqual(all);
  expect(files()).toHaveLength(1);
});
