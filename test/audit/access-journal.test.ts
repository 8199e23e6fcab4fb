import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { endAction } from "../../src/audit/journal-end.ts";
import { segmentName } from "../../src/audit/journal-files.ts";
import { type JournalFixture, journalsIn } from "../support/audit/journal-fixture.ts";
import { aRecord } from "../support/audit/record.ts";

const chain = "p1.access@host-1.journal";
const keys = (fixture: JournalFixture) => [...fixture.table.rows.values()].map(({ key }) => key);
const records = (count: number, from = 1) =>
  Array.from({ length: count }, (_, at) => aRecord({ key: `KEY-${at + from}`, timeMs: 2_000 + at }));
const names = (count: number, from = 1) => records(count, from).map(({ key }) => key);
const down = new Error("the database is away");
/** As a crash: nothing is shipped, and the lock goes with the process. */
const never = () => new Promise<void>(() => {});

async function eventually(check: () => void): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return check();
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

describe("a journal", () => {
  test("ships what it took, in order, and ends its chain when it closes", async () => {
    const fixture = journalsIn();
    const journal = fixture.open("p1", { limits: { shipEveryMs: 5 } });
    await journal.append(records(3));
    await journal.append(records(2, 4));
    await eventually(() => expect(keys(fixture)).toEqual(names(5)));
    expect(fixture.table.problems(["p1"])).toEqual([]);
    await journal.append(records(1, 6));
    await journal.close();
    expect(keys(fixture)).toEqual([...names(6), chain]);
    expect([...fixture.table.rows.values()].at(-1)).toMatchObject({ action: endAction, rule: "closed" });
    expect(fixture.segments()).toEqual([]);
    expect(fixture.table.problems()).toEqual([]);
    await expect(journal.append(records(1))).rejects.toThrow("closed");
  });

  test("is for its owner only, in a folder of its own", async () => {
    const fixture = journalsIn();
    const journal = fixture.open("p1");
    await journal.append(records(1));
    expect(statSync(fixture.folder).mode & 0o777).toBe(0o700);
    for (const name of fixture.segments()) expect(statSync(join(fixture.folder, name)).mode & 0o777).toBe(0o600);
    await journal.close();
  });

  test("threat 296: does not write through a link or into a file that is there", async () => {
    const fixture = journalsIn();
    const first = fixture.open("p0");
    const target = join(fixture.folder, "target");
    writeFileSync(target, "untouched");
    symlinkSync(target, join(fixture.folder, segmentName(chain, 1)));
    expect(() => fixture.open("p1")).toThrow("cannot be written (EEXIST)");
    expect(readFileSync(target, "utf8")).toBe("untouched");
    await first.close();
  });

  test("flush resolves when everything before it is in the store", async () => {
    const fixture = journalsIn();
    const journal = fixture.open("p1", { limits: { shipEveryMs: 60_000 } });
    await Promise.all([journal.append(records(1_500)), journal.append(records(700, 1_501))]);
    await journal.flush();
    expect(keys(fixture)).toEqual(names(2_200));
    fixture.table.failure = down;
    await journal.append(records(1));
    await expect(journal.flush()).rejects.toThrow("away");
    fixture.table.failure = undefined;
    await journal.close();
    expect(fixture.table.problems()).toEqual([]);
  });

  test("says up to when the store has what it took, by the time of the append", async () => {
    const fixture = journalsIn();
    let nowMs = 70_000;
    const journal = fixture.open("p1", { limits: { shipEveryMs: 60_000 }, now: () => nowMs });
    expect(journal.shippedUntilMs()).toBe(70_000);
    nowMs = 71_000;
    await journal.append(records(1));
    nowMs = 72_000;
    await journal.append(records(1, 2));
    expect(journal.shippedUntilMs()).toBe(71_000);
    // Someone sets the clock back.
    nowMs = 69_000;
    await journal.append(records(1, 3));
    nowMs = 73_000;
    expect(journal.shippedUntilMs()).toBe(69_000);
    await journal.flush();
    expect(journal.shippedUntilMs()).toBe(73_000);
    await journal.close();
  });

  test("deletes files whose records are in the store, and keeps the others", async () => {
    const fixture = journalsIn();
    const journal = fixture.open("p1", { limits: { segmentBytes: 2_000, shipEveryMs: 60_000 } });
    for (let at = 0; at < 40; at += 1) await journal.append(records(1, at + 1));
    const before = fixture.segments().length;
    expect(before).toBeGreaterThan(3);
    await journal.flush();
    await journal.append(records(1, 41));
    expect(fixture.segments().length).toBeLessThanOrEqual(2);
    await journal.close();
    expect(keys(fixture)).toEqual([...names(41), chain]);
  });
});

describe("threat 297: a journal that cannot reach the store takes a bounded number of records", () => {
  test.each([
    ["records", { records: 3 }],
    ["bytes", { bytes: 700 }],
    ["age", { ageMs: 0 }],
  ])("by their %s; and takes more once the store is back", async (_, bound) => {
    const fixture = journalsIn();
    const journal = fixture.open("p1", { limits: { shipEveryMs: 5, ...bound } });
    fixture.table.failure = down;
    const taken: number[] = [];
    const add = async (at: number) => {
      await journal.append(records(1, at));
      taken.push(at);
    };
    let refusal: unknown;
    for (let at = 1; at <= 10 && refusal === undefined; at += 1) refusal = await add(at).catch((error) => error);
    expect(refusal).toMatchObject({ name: "JournalError", message: expect.stringContaining("full") });
    expect(() => journal.requireRoom()).toThrow("full");
    fixture.table.failure = undefined;
    await eventually(() => journal.requireRoom());
    await add(99);
    await journal.close();
    expect(keys(fixture)).toEqual([...taken.map((at) => `KEY-${at}`), chain]);
    expect(fixture.table.problems()).toEqual([]);
  });

  test("and closing without the store leaves the files and says how many records are in them", async () => {
    const fixture = journalsIn();
    const journal = fixture.open("p1", { limits: { closeMs: 0, shipEveryMs: 1 } });
    fixture.table.failure = down;
    await journal.append(records(4));
    await expect(journal.close()).rejects.toThrow("4 access records are in the journal");
    expect(fixture.table.problems()).toMatchObject([{ kind: "unfinished", chain, position: 1 }]);
    fixture.table.failure = undefined;
    expect(await fixture.recover()).toMatchObject([{ outcome: "recovered", records: 4, cutBytes: 0 }]);
    expect(keys(fixture)).toEqual([...names(4), chain]);
    expect(fixture.table.problems()).toEqual([]);
    expect(fixture.segments()).toEqual([]);
  });
});

test("threat 298: a journal whose file was deleted takes no record until the store has the others", async () => {
  const fixture = journalsIn();
  const journal = fixture.open("p1", { limits: { shipEveryMs: 60_000 } });
  await journal.append(records(1));
  rmSync(join(fixture.folder, segmentName(chain, 1)));
  await expect(journal.append(records(1, 2))).rejects.toThrow("was deleted");
  await journal.flush();
  await journal.append(records(1, 2));
  await journal.close();
  expect(keys(fixture)).toEqual([...names(2), chain]);
});

describe("threat 299: a store with other records in the places of those of the journal", () => {
  test("stops the journal", async () => {
    const fixture = journalsIn();
    const journal = fixture.open("p1", { limits: { shipEveryMs: 60_000, closeMs: 0 } });
    await journal.append(records(2));
    const [forged] = records(1);
    fixture.table.rows.set(`${chain} 2`, { ...aRecord(forged), chain, position: 2, mac: Buffer.alloc(32) });
    await expect(journal.flush()).rejects.toThrow("is not the one in its journal");
    await expect(journal.append(records(1))).rejects.toThrow("stopped");
    await expect(journal.close()).rejects.toThrow("in the journal");
  });

  test("is found at the next start, and the journal stays as evidence", async () => {
    const fixture = await leftBehind(3);
    fixture.table.rows.set(`${chain} 5`, { ...aRecord(), chain, position: 4, mac: Buffer.alloc(32) });
    const found = await fixture.recover();
    expect(found).toMatchObject([{ outcome: "differs", records: 3 }]);
    expect(fixture.segments()).toHaveLength(1);
    expect(fixture.table.problems()).not.toEqual([]);
  });
});

/** The journal of a process that was killed: closing it without a store leaves what a crash leaves. */
async function leftBehind(count: number, limits = {}): Promise<JournalFixture> {
  const fixture = journalsIn();
  const journal = fixture.open("p1", { limits: { closeMs: 0, shipEveryMs: 60_000, ...limits } });
  fixture.table.failure = down;
  for (let at = 1; at <= count; at += 1) await journal.append(records(1, at));
  await expect(journal.close()).rejects.toThrow(down.message === "" ? "" : "in the journal");
  fixture.table.failure = undefined;
  return fixture;
}

describe("threat 300: what a process left in its journal reaches the store at the next start", () => {
  test("once, also when the start is repeated after a crash at any batch", async () => {
    const fixture = await leftBehind(30, { segmentBytes: 1_500 });
    expect(fixture.segments().length).toBeGreaterThan(2);
    const { ship } = fixture.table;
    let calls = 0;
    // The first start ships everything and dies before it deletes the files; the second one dies before it ships.
    fixture.table.ship = async (batch) => {
      await ship(batch);
      calls += 1;
      throw down;
    };
    await expect(fixture.recover()).rejects.toThrow("away");
    await expect(fixture.recover()).rejects.toThrow("away");
    fixture.table.ship = ship;
    expect(calls).toBe(2);
    expect(await fixture.recover()).toMatchObject([{ outcome: "recovered", records: 30 }]);
    expect(await fixture.recover()).toEqual([]);
    expect(keys(fixture)).toEqual([...names(30), chain]);
    expect([...fixture.table.rows.values()].at(-1)).toMatchObject({ action: endAction, rule: "recovered" });
    expect(fixture.table.problems()).toEqual([]);
  });

  test("cut at each byte: every whole record, and nothing else", async () => {
    const whole = await leftBehind(3);
    const bytes = readFileSync(join(whole.folder, segmentName(chain, 1)));
    await whole.recover();
    const rows = [...whole.table.rows.values()];
    let seen = 0;
    for (let length = 0; length <= bytes.length; length += 1) {
      const fixture = journalsIn();
      const journal = fixture.open("p1", { ship: never });
      journal.discard();
      writeFileSync(join(fixture.folder, segmentName(chain, 1)), bytes.subarray(0, length));
      const [found] = await fixture.recover();
      const got = keys(fixture).filter((key) => key !== chain);
      expect(got).toEqual(names(got.length));
      seen = Math.max(seen, got.length);
      if (found?.outcome === "unreadable") {
        expect(fixture.table.problems()).toMatchObject([{ kind: "unfinished", position: 1 }]);
      } else {
        expect(found).toMatchObject({ outcome: "recovered", records: got.length });
        expect(fixture.table.problems()).toEqual([]);
      }
    }
    expect(seen).toBe(rows.length - 1);
  });

  test("ends after what the store has already, when the disk has lost more than the store", async () => {
    const fixture = journalsIn();
    const journal = fixture.open("p1", { limits: { shipEveryMs: 60_000, closeMs: 0 } });
    await journal.append(records(1));
    const path = join(fixture.folder, segmentName(chain, 1));
    const early = readFileSync(path);
    await journal.append(records(4, 2));
    await journal.flush();
    fixture.table.failure = down;
    await expect(journal.close()).rejects.toThrow("in the journal");
    fixture.table.failure = undefined;
    writeFileSync(path, early);
    expect(await fixture.recover()).toMatchObject([{ outcome: "recovered", records: 1 }]);
    expect(keys(fixture)).toEqual([...names(5), chain]);
    expect(fixture.table.problems()).toEqual([]);
  });

  test("says how much at its end was not a whole record", async () => {
    const fixture = await leftBehind(3);
    const path = join(fixture.folder, segmentName(chain, 1));
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, -20));
    const [found] = await fixture.recover();
    expect(found).toMatchObject({ outcome: "recovered", records: 2 });
    expect(found?.cutBytes).toBeGreaterThan(77);
    expect([...fixture.table.rows.values()].at(-1)).toMatchObject({ rule: "recovered", count: found?.cutBytes });
  });

  test("leaves the journals of processes that run, and of other stores", async () => {
    const running = await leftBehind(2);
    const own = running.open("p2");
    const other = await leftBehind(2);
    other.table.chains.length = 0;
    expect(await other.recover()).toMatchObject([{ outcome: "foreign", records: 2 }]);
    expect(other.segments()).toHaveLength(1);
    expect((await running.recover()).map((found) => found.chain)).toEqual([chain]);
    await own.append(records(1));
    await own.close();
    expect(running.table.problems()).toEqual([]);
  });
});
