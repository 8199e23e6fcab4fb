import { cpSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { AccessJournal, JournalLimits } from "../../src/audit/access-journal.ts";
import { type AuditCheckpoint, signCheckpoint } from "../../src/audit/checkpoint.ts";
import { endAction } from "../../src/audit/journal-end.ts";
import { auditKey, type JournalFixture, journalsIn } from "../support/audit/journal-fixture.ts";
import { aRecord } from "../support/audit/record.ts";

const chain = "p1.access@host-1.journal";
const never = () => new Promise<void>(() => {});
const isDurable = [false, true];
const names = (count: number, from = 1) => Array.from({ length: count }, (_, at) => `KEY-${at + from}`);
const append = (journal: AccessJournal, at: number) => journal.append([aRecord({ key: `KEY-${at}`, timeMs: at })]);
const keys = ({ table }: JournalFixture) =>
  [...table.rows.values()].filter(({ action }) => action !== endAction).map(({ key }) => key);

/** What the next start finds if the process is killed now. */
function crash(fixture: JournalFixture): JournalFixture {
  const after = journalsIn();
  after.open("p1", { ship: never }).discard();
  for (const name of readdirSync(fixture.folder).filter((each) => each.includes(".segment")))
    cpSync(join(fixture.folder, name), join(after.folder, name));
  for (const [name, row] of fixture.table.rows) after.table.rows.set(name, row);
  return after;
}

/** All files are recovered, with at least these records, and no record is missing or there twice. */
async function expectRecovered(after: JournalFixture, atLeast: number): Promise<void> {
  expect(await after.recover()).toMatchObject([{ outcome: "recovered" }]);
  expect(keys(after).length).toBeGreaterThanOrEqual(atLeast);
  expect(keys(after)).toEqual(names(keys(after).length));
  expect(after.table.problems()).toEqual([]);
  expect(after.segments()).toEqual([]);
}

const ways: readonly (readonly [string, Partial<JournalLimits>])[] = [
  ["full", { segmentBytes: 1 }],
  ["old", { segmentAgeMs: 0 }],
];

describe.each(isDurable)("threat 318: the next file of a journal, on the disk: %s", (durable) => {
  test.each(ways)("begins when one is %s; a crash at any moment loses nothing that was taken", async (_, limits) => {
    const fixture = journalsIn();
    const journal = fixture.open("p1", { ship: never, isDurable: durable, limits });
    const crashes: (readonly [taken: number, after: JournalFixture])[] = [];
    for (let at = 1; at <= 6; at += 1) {
      const taking = append(journal, at);
      // With a disk to wait for, the file has no name yet, and the record is not taken.
      crashes.push([at - 1, crash(fixture)]);
      await taking;
      crashes.push([at, crash(fixture)]);
    }
    expect(fixture.segments().length).toBeGreaterThanOrEqual(6);
    for (const [taken, after] of crashes) await expectRecovered(after, taken);
    journal.discard();
  });

  test("may be there without all of its beginning", async () => {
    const fixture = journalsIn();
    const journal = fixture.open("p1", { ship: never, isDurable: durable, limits: { segmentBytes: 1 } });
    for (let at = 1; at <= 3; at += 1) await append(journal, at);
    const last = [...fixture.segments()].sort().at(-1) ?? "";
    const { length } = readFileSync(join(fixture.folder, last));
    for (const cut of [0, 1, 36, 60, length - 1]) {
      const after = crash(fixture);
      truncateSync(join(after.folder, last), cut);
      await expectRecovered(after, 2);
      expect(keys(after).length).toBe(2);
    }
    journal.discard();
  });

  test("replaces one that is old once the store has all of that", async () => {
    const fixture = journalsIn();
    const limits = { segmentAgeMs: 0, shipEveryMs: 60_000 };
    const journal = fixture.open("p1", { isDurable: durable, limits });
    await append(journal, 1);
    const [first = ""] = fixture.segments();
    expect(fixture.segments()).toHaveLength(1);
    await journal.flush();
    await append(journal, 2);
    await vi.waitFor(() => expect(fixture.segments()).not.toContain(first));
    await expectRecovered(crash(fixture), 2);
    await journal.close();
  });

  test("does not begin before one is full or old", async () => {
    const fixture = journalsIn();
    const journal = fixture.open("p1", { isDurable: durable, ship: never });
    for (let at = 1; at <= 5; at += 1) await append(journal, at);
    expect(fixture.segments()).toHaveLength(1);
    journal.discard();
  });
});

describe("threat 308: records that are taken while others are on their way to the store", () => {
  test.each(isDurable)(
    "are neither lost nor stored twice, also when the store fails now and then (%s)",
    async (durable) => {
      const fixture = journalsIn();
      const stored: number[] = [];
      let calls = 0;
      const ship: JournalFixture["table"]["ship"] = async (records) => {
        calls += 1;
        // Neither failure nor success comes in the same turn, and an answer can get lost.
        await new Promise((resolve) => setTimeout(resolve, calls % 3));
        if (calls % 5 === 1) throw new Error("before it was stored");
        await fixture.table.ship(records);
        if (calls % 5 === 3) throw new Error("after it was stored");
        stored.push(...records.map(({ position }) => position));
      };
      const limits = { shipEveryMs: 1, segmentBytes: 2_000 };
      const journal = fixture.open("p1", { isDurable: durable, limits, ship: ({ records }) => ship(records) });
      const count = 300;
      for (let at = 1; at <= count; at += 1) {
        await append(journal, at);
        if (at % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        // Nothing was lost for the one who is killed now.
        if (at % 100 === 50) await expectRecovered(crash(fixture), at);
      }
      await journal.close();
      expect(calls).toBeGreaterThan(10);
      expect(stored).toEqual(Array.from({ length: count + 1 }, (_, at) => at + 1));
      expect(keys(fixture)).toEqual(names(count));
      expect(fixture.table.problems()).toEqual([]);
      expect(fixture.segments()).toEqual([]);
    },
  );
});

describe("threat 319: what retention has dropped", () => {
  /** A crash after the store had everything, and retention dropped the first ones. */
  async function afterRetention(count: number, dropped: number, lastMac?: Uint8Array): Promise<JournalFixture> {
    const fixture = journalsIn();
    const journal = fixture.open("p1", { limits: { shipEveryMs: 60_000, segmentBytes: 700 } });
    const files = journalsIn();
    for (let at = 1; at <= count; at += 1) await append(journal, at);
    cpSync(fixture.folder, files.folder, { recursive: true, filter: (path) => !path.includes(".lock") });
    await journal.flush();
    const rows = [...fixture.table.rows];
    const [, last] = rows[dropped - 1] ?? [];
    for (const [name, row] of rows.slice(dropped)) files.table.rows.set(name, row);
    files.table.chains.push(...fixture.table.chains);
    const mac = lastMac ?? last?.mac ?? new Uint8Array(0);
    const checkpoint = { chain, sink: "access", position: dropped, lastMac: mac, lastTimeMs: dropped } as const;
    const signed: AuditCheckpoint = signCheckpoint(auditKey, checkpoint);
    files.table.listCheckpoints = async () => [signed];
    await journal.close();
    return files;
  }

  test.each([1, 5, 9])("does not come back from the files of a journal of nine (%i)", async (dropped) => {
    const after = await afterRetention(9, dropped);
    expect(after.segments().length).toBeGreaterThan(2);
    expect(await after.recover()).toMatchObject([{ outcome: "recovered", records: 9 }]);
    expect(keys(after)).toEqual(names(9 - dropped, dropped + 1));
    const last = [...after.table.rows.values()].at(-1);
    expect(last).toMatchObject({ action: endAction, rule: "recovered", position: 10 });
    expect(after.segments()).toEqual([]);
  });

  test("is compared with what the journal has in its place", async () => {
    const after = await afterRetention(9, 5, new Uint8Array(32));
    expect(await after.recover()).toMatchObject([{ outcome: "differs" }]);
    expect(keys(after)).toEqual(names(4, 6));
  });

  test("is only what a checkpoint of this chain says that is signed", async () => {
    for (const change of [{ mac: new Uint8Array(32) }, { chain: "p2.access@host-1.journal" }, { sink: "changes" }]) {
      const after = await afterRetention(9, 5);
      const [checkpoint] = await after.table.listCheckpoints();
      after.table.listCheckpoints = async () => [{ ...checkpoint, ...change } as AuditCheckpoint];
      await after.recover();
      expect(keys(after).sort()).toEqual(names(9));
    }
  });
});
