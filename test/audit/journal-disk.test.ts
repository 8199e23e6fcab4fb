import fs, {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lockName, segmentName } from "../../src/audit/journal-files.ts";
import { isOwnFolder } from "../../src/audit/journal-folder.ts";
import { journalsIn } from "../support/audit/journal-fixture.ts";
import { aRecord } from "../support/audit/record.ts";
import { diskError, replaceFileCalls } from "../support/audit/replaced-file-calls.ts";

const chain = "p1.access@host-1.journal";

test.each(["EIO", "EPERM"])("threat 303: nothing is written after half of a record (%s)", async (code) => {
  const fixture = journalsIn();
  const journal = fixture.open("p1", { limits: { shipEveryMs: 60_000 } });
  await journal.append([aRecord({ key: "KEY-1" })]);
  const { writeSync, ftruncateSync } = fs;
  replaceFileCalls({
    writeSync: ((fd: number, bytes: Buffer) => writeSync(fd, bytes.subarray(0, 50))) as typeof writeSync,
    ftruncateSync() {
      throw diskError(code);
    },
  });
  await expect(journal.append([aRecord()])).rejects.toThrow(`reports an error (${code}); restart the service`);
  replaceFileCalls({ writeSync, ftruncateSync });
  const left = readFileSync(join(fixture.folder, segmentName(chain, 1)));
  expect(() => journal.requireRoom()).toThrow("restart the service");
  await expect(journal.append([aRecord()])).rejects.toThrow("restart the service");
  expect(readFileSync(join(fixture.folder, segmentName(chain, 1)))).toEqual(left);
  // What was taken before reaches the store, and the chain ends.
  await journal.close();
  expect([...fixture.table.rows.values()].map(({ key }) => key)).toEqual(["KEY-1", chain]);
  expect(fixture.table.problems()).toEqual([]);
});

test("a file that the store has all of is not closed while a sync of it is queued", async () => {
  const fixture = journalsIn();
  const limits = { segmentBytes: 1, shipEveryMs: 60_000 };
  const journal = fixture.open("p1", { isDurable: true, limits });
  const { fdatasync, closeSync } = fs;
  const queued: (() => void)[] = [];
  const syncing: number[] = [];
  const closed: number[] = [];
  replaceFileCalls({
    fdatasync: ((fd: number, done: (error: Error | null) => void) => {
      syncing.push(fd);
      queued.push(() => fdatasync(fd, done));
    }) as typeof fdatasync,
    closeSync(fd) {
      closed.push(fd);
      closeSync(fd);
    },
  });
  const one = journal.append([aRecord({ key: "KEY-1" })]);
  await new Promise(setImmediate);
  const two = journal.append([aRecord({ key: "KEY-2" })]);
  await journal.flush();
  const [fd = -1] = syncing;
  expect(closed).not.toContain(fd);
  replaceFileCalls({ fdatasync });
  for (const sync of queued) sync();
  await Promise.all([one, two]);
  expect(closed).toContain(fd);
  await journal.close();
  expect(fixture.table.problems()).toEqual([]);
});

test("with a journal on the disk, the name of a new folder is on the disk as well", async () => {
  const parent = mkdtempSync(join(tmpdir(), "journal-names-"));
  const { fsyncSync, openSync } = fs;
  const opened = new Map<number, string>();
  const synced: string[] = [];
  replaceFileCalls({
    openSync: ((path: string, flags: number, mode?: number) => {
      const fd = openSync(path, flags, mode);
      opened.set(fd, path);
      return fd;
    }) as typeof openSync,
    fsyncSync(fd) {
      synced.push(opened.get(fd) ?? "");
      fsyncSync(fd);
    },
  });
  const folder = join(parent, "data", "access-journal");
  await journalsIn(folder).open("p1", { isDurable: true }).close();
  expect(new Set(synced)).toEqual(new Set([folder, join(parent, "data"), parent]));
});

describe("threat 296: the folder of the journals", () => {
  test("is closed to others when it was open to them", async () => {
    const fixture = journalsIn();
    mkdirSync(fixture.folder);
    for (const use of [() => fixture.recover(), () => fixture.open("p1").close()]) {
      chmodSync(fixture.folder, 0o777);
      await use();
      expect(statSync(fixture.folder).mode & 0o777).toBe(0o700);
    }
  });

  test("is not a link, a file, or of another user", async () => {
    const fixture = journalsIn();
    const elsewhere = `${fixture.folder}-elsewhere`;
    mkdirSync(elsewhere, { mode: 0o755 });
    symlinkSync(elsewhere, fixture.folder);
    await expect(fixture.recover()).rejects.toThrow("is not a folder");
    expect(() => fixture.open("p1")).toThrow("is not a folder");
    expect(statSync(elsewhere).mode & 0o777).toBe(0o755);
    expect(fs.readdirSync(elsewhere)).toEqual([]);
    const file = journalsIn();
    writeFileSync(file.folder, "");
    await expect(file.recover()).rejects.toThrow("is not a folder");
    expect(() => isOwnFolder(elsewhere, statSync(elsewhere).uid + 1)).toThrow("belongs to another user");
  });

  test("may have entries that are not files: they are reported, and the others are recovered", async () => {
    const fixture = journalsIn();
    const left = fixture.open("p1", { limits: { closeMs: 0, shipEveryMs: 60_000 } });
    await left.append([aRecord({ key: "KEY-1" })]);
    fixture.table.failure = new Error("away");
    await expect(left.close()).rejects.toThrow("in the journal");
    fixture.table.failure = undefined;
    const at = (name: string) => join(fixture.folder, name);
    mkdirSync(at(segmentName("a-folder", 1)));
    mkdirSync(at(lockName("a-lock")));
    symlinkSync("/dev/zero", at(segmentName("a-link", 1)));
    symlinkSync(at("nowhere"), at(lockName("a-lock-link")));
    const outcomes = (await fixture.recover()).map(({ chain: name, outcome }) => `${name} ${outcome}`).sort();
    const unreadable = ["a-folder", "a-link", "a-lock", "a-lock-link"].map((name) => `${name} unreadable`);
    expect(outcomes).toEqual([...unreadable, `${chain} recovered`]);
  });

  test("with something else in the place of the last file of a journal, the journal is damaged", async () => {
    const fixture = journalsIn();
    const limits = { closeMs: 0, shipEveryMs: 60_000, segmentBytes: 1 };
    const left = fixture.open("p1", { limits });
    for (const key of ["KEY-1", "KEY-2"]) await left.append([aRecord({ key })]);
    fixture.table.failure = new Error("away");
    await expect(left.close()).rejects.toThrow("in the journal");
    fixture.table.failure = undefined;
    const last = [...fixture.segments()].sort().at(-1) ?? "";
    renameSync(join(fixture.folder, last), join(fixture.folder, "moved"));
    mkdirSync(join(fixture.folder, last));
    expect(await fixture.recover()).toMatchObject([{ outcome: "damaged", records: 1 }]);
  });
});
