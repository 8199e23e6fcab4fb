import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { lockFile } from "../../src/store/sqlite/file-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "file-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `before` whenever a file was opened and is about to be locked. */
function beforeLocking(before: () => void): void {
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function locking(this: DatabaseSync, sql: string) {
    before();
    exec.call(this, sql);
  };
  onTestFinished(() => {
    DatabaseSync.prototype.exec = exec;
  });
}

test.each([
  ["deleted", () => {}],
  ["replaced", (path: string) => writeFileSync(path, "")],
])("a lock is of the file that is there: one that was %s before it was locked does not count", (_, replace) => {
  const path = join(folder, "raced.lock");
  let races = 2;
  beforeLocking(() => {
    if (races === 0) return;
    races -= 1;
    rmSync(path);
    replace(path);
  });
  const lock = lockFile(path);
  expect(lock).toBeDefined();
  expect(races).toBe(0);
  expect(lockFile(path)).toBeUndefined();
  lock?.release();
  lockFile(path)?.release();
});

test("a file that is replaced each time is not locked", () => {
  const path = join(folder, "endless.lock");
  beforeLocking(() => rmSync(path, { force: true }));
  expect(() => lockFile(path)).toThrow("replaced again and again");
});

test("threat 296: neither a link nor a folder is locked, and what a link points to stays as it is", () => {
  const target = join(folder, "target");
  writeFileSync(target, "");
  chmodSync(target, 0o644);
  const link = join(folder, "link.lock");
  symlinkSync(target, link);
  expect(() => lockFile(link)).toThrow("is not a regular file");
  expect(statSync(target).mode & 0o777).toBe(0o644);
  const directory = join(folder, "folder.lock");
  mkdirSync(directory);
  expect(() => lockFile(directory)).toThrow("is not a regular file");
});

test("a file that others can read is closed to them", () => {
  const path = join(folder, "loose.lock");
  writeFileSync(path, "");
  chmodSync(path, 0o666);
  lockFile(path)?.release();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
