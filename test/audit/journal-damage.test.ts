import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { endAction } from "../../src/audit/journal-end.ts";
import { segmentName } from "../../src/audit/journal-files.ts";
import { type JournalFixture, journalsIn } from "../support/audit/journal-fixture.ts";
import { aRecord } from "../support/audit/record.ts";

const chain = "p1.access@host-1.journal";
const [first, second] = [segmentName(chain, 1), segmentName(chain, 2)];
const never = () => new Promise<void>(() => {});

/** What a killed process leaves: `perFile` records in the first file, and as many in the second one. */
async function filesOfCrash(perFile: number): Promise<readonly [Buffer, Buffer]> {
  const fixture = journalsIn();
  const size = (name: string) => readFileSync(join(fixture.folder, name)).length;
  const started = fixture.open("p0", { ship: never });
  await started.append([aRecord({ key: "KEY-1" })]);
  const one = size(segmentName("p0.access@host-1.journal", 1));
  const journal = fixture.open("p1", { ship: never, limits: { segmentBytes: one + (perFile - 1) * 100 } });
  for (let at = 1; at <= perFile * 2; at += 1) await journal.append([aRecord({ key: `KEY-${at}` })]);
  expect(fixture.segments().filter((name) => name.startsWith(chain))).toEqual([first, second]);
  const files = [first, second].map((name) => readFileSync(join(fixture.folder, name)));
  for (const each of [started, journal]) each.discard();
  return files as unknown as readonly [Buffer, Buffer];
}

/** A folder with these files, and a store in which the chain is registered. */
function aFolder(files: Readonly<Record<string, Buffer>>): JournalFixture {
  const fixture = journalsIn();
  fixture.open("p1", { ship: never }).discard();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(fixture.folder, name), bytes);
  return fixture;
}

const stored = (fixture: JournalFixture) => [...fixture.table.rows.values()];

/** The chain stays unfinished after what is in the store, and another start changes nothing. */
async function expectDamaged(fixture: JournalFixture, files: readonly string[], what: string): Promise<void> {
  for (let start = 1; start <= 2; start += 1) {
    const [found] = await fixture.recover();
    const rows = stored(fixture);
    expect(found?.outcome, what).toBe("damaged");
    expect(rows.map(({ key, position }) => [key, position])).toEqual(rows.map((_, at) => [`KEY-${at + 1}`, at + 1]));
    expect(rows.filter(({ action }) => action === endAction)).toEqual([]);
    expect([...fixture.segments()].sort()).toEqual(files);
    expect(fixture.table.problems()).toMatchObject([{ kind: "unfinished", chain, position: rows.length + 1 }]);
  }
}

/** Everything up to what was cut is in the store, and signed. */
async function expectRecovered(fixture: JournalFixture, records: number, what: string): Promise<void> {
  const [found] = await fixture.recover();
  expect(found, what).toMatchObject({ outcome: "recovered", records });
  expect(stored(fixture).map(({ action, rule }) => (action === endAction ? rule : ""))).toEqual([
    ...Array.from({ length: records }, () => ""),
    "recovered",
  ]);
  expect(fixture.segments()).toEqual([]);
  expect(fixture.table.problems()).toEqual([]);
}

function flipped(bytes: Buffer, at: number, mask: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8((changed[at] ?? 0) ^ mask, at);
  return changed;
}

describe("threat 300: a journal with more damage than a crash explains is not signed off, and stays", () => {
  test("with any byte changed", async () => {
    const [one, two] = await filesOfCrash(2);
    for (let at = 0; at < one.length; at += 1) {
      const fixture = aFolder({ [first]: flipped(one, at, 1 << (at % 8)), [second]: two });
      await expectDamaged(fixture, [first, second], `byte ${at} of the first file`);
    }
    for (let at = 0; at < two.length; at += 1) {
      const fixture = aFolder({ [first]: one, [second]: flipped(two, at, 1 << (at % 8)) });
      await expectDamaged(fixture, [first, second], `byte ${at} of the second file`);
    }
  });

  test("with the first file cut at any byte, or gone", async () => {
    const [one, two] = await filesOfCrash(2);
    for (let length = 0; length < one.length; length += 1) {
      const fixture = aFolder({ [first]: one.subarray(0, length), [second]: two });
      await expectDamaged(fixture, [first, second], `${length} bytes`);
    }
    await expectDamaged(aFolder({ [second]: two }), [second], "gone");
  });

  test("with something after the last record that is not the begin of another one", async () => {
    const [one, two] = await filesOfCrash(1);
    const garbage = Buffer.concat([two, Buffer.alloc(77, 1)]);
    await expectDamaged(aFolder({ [first]: one, [second]: garbage }), [first, second], "garbage");
    // The first record after the start looks cut, because it says that it is longer than the file.
    const lost = Buffer.from(one);
    lost.fill(255, one.length - 100, one.length - 50);
    await expectDamaged(aFolder({ [first]: lost, [second]: two }), [first, second], "a lost sector");
  });
});

describe("threat 300: a journal that ends within its last record is one of a crash", () => {
  test("at any byte", async () => {
    const [one, two] = await filesOfCrash(2);
    const ends: number[] = [];
    for (let length = two.length; length >= 0; length -= 1) {
      const fixture = aFolder({ [first]: one, [second]: two.subarray(0, length) });
      const records = (await aFolder({ [first]: one, [second]: two.subarray(0, length) }).recover())[0]?.records ?? 0;
      await expectRecovered(fixture, records, `${length} bytes`);
      ends.push(records);
    }
    expect(new Set(ends)).toEqual(new Set([4, 3, 2]));
  });

  test("also when zeros, or an empty file, are in the place of what was not written", async () => {
    const [one, two] = await filesOfCrash(2);
    await expectRecovered(aFolder({ [first]: one, [second]: Buffer.concat([two, Buffer.alloc(5_000)]) }), 4, "zeros");
    await expectRecovered(aFolder({ [first]: one, [second]: Buffer.alloc(4_096) }), 2, "only zeros");
    await expectRecovered(aFolder({ [first]: one.subarray(0, -9), [second]: Buffer.alloc(0) }), 1, "an empty file");
  });
});

test("files whose records the store has may be gone: the rest is recovered", async () => {
  const [one, two] = await filesOfCrash(2);
  const fixture = aFolder({ [first]: one });
  await fixture.recover();
  for (const [name, { action }] of fixture.table.rows) if (action === endAction) fixture.table.rows.delete(name);
  writeFileSync(join(fixture.folder, second), two);
  expect(await fixture.recover()).toMatchObject([{ outcome: "recovered", records: 2 }]);
  expect(stored(fixture)).toHaveLength(5);
  expect(fixture.table.problems()).toEqual([]);
});

test("threat 300: a damaged journal does not keep those of other processes from the store", async () => {
  const [one, two] = await filesOfCrash(1);
  const fixture = aFolder({ [first]: flipped(one, one.length - 1, 1), [second]: two });
  const other = fixture.open("p2", { limits: { closeMs: 0, shipEveryMs: 60_000 } });
  await other.append([aRecord()]);
  fixture.table.failure = new Error("away");
  await expect(other.close()).rejects.toThrow("in the journal");
  fixture.table.failure = undefined;
  expect((await fixture.recover()).map(({ outcome }) => outcome)).toEqual(["damaged", "recovered"]);
  rmSync(join(fixture.folder, first));
  expect((await fixture.recover()).map(({ outcome }) => outcome)).toEqual(["damaged"]);
});
