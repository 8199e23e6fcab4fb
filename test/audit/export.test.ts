import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AuditExport, createAuditExport } from "../../src/audit/export.ts";
import { exportLine } from "../../src/audit/export-line.ts";
import { createLineFile } from "../../src/audit/line-file.ts";
import { aRecord } from "../support/audit/record.ts";

let folder: string;
let path: string;
const exports: AuditExport[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-export-"));
  mkdirSync(join(folder, "log"));
  path = join(folder, "log", "audit.jsonl");
});
afterEach(async () => {
  for (const each of exports.splice(0)) await each.close().catch(() => undefined);
  rmSync(folder, { recursive: true });
});

function openExport(target: string | number = path, isDurable = false): AuditExport {
  const file = createLineFile({ target, isDurable, waitMs: 100 });
  const made = createAuditExport({ file, waitMs: 2_000, pendingMax: 1_000, retryMs: 20, onChange: () => undefined });
  exports.push(made);
  return made;
}

const record = (key: string) => aRecord({ key });
const keysIn = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line).key);

/** Waits until everything that failed is written. */
async function recovered(audit: AuditExport): Promise<void> {
  await expect
    .poll(
      () => {
        audit.requireHealthy();
        return "healthy";
      },
      { timeout: 60_000 },
    )
    .toBe("healthy");
}

const unavailable = { name: "AuditUnavailableError" };

test("writes a line of JSON for each record, in their order, to a file of its own", async () => {
  const audit = openExport(path, true);
  await Promise.all(Array.from({ length: 50 }, (_, at) => audit.write([record(`A${at}`), record(`B${at}`)])));
  expect(keysIn(path)).toEqual(Array.from({ length: 50 }, (_, at) => [`A${at}`, `B${at}`]).flat());
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const [first = ""] = readFileSync(path, "utf8").split("\n");
  const { timeMs, ...rest } = record("A0");
  expect(JSON.parse(first)).toEqual({ time: new Date(timeMs).toISOString(), ...rest });
});

test("threat 88: no text can start a line, move a cursor or end a string", () => {
  const hostile = 'a\n{"key":"forged"}\r\u001b[2J\u0007\u0000\u007f\u0085\u009b31m\u2028\u2029"\\';
  const line = exportLine(aRecord({ key: hostile, filter: hostile, names: [hostile] }));
  expect(line).toMatch(/^[\x20-\x7e]+\n$/);
  expect(JSON.parse(line)).toMatchObject({ key: hostile, filter: hostile, names: [hostile] });
});

describe("threat 101: lines are neither lost nor torn when the file is", () => {
  test("renamed: the next ones go to a new file", async () => {
    const audit = openExport();
    await audit.write([record("A")]);
    renameSync(path, `${path}.1`);
    await audit.write([record("B")]);
    expect([keysIn(`${path}.1`), keysIn(path)]).toEqual([["A"], ["B"]]);
  });

  test("deleted: the next ones go to a new file", async () => {
    const audit = openExport();
    await audit.write([record("A")]);
    rmSync(path);
    await audit.write([record("B")]);
    expect(keysIn(path)).toEqual(["B"]);
  });

  test("left with half a line by a crash", async () => {
    writeFileSync(path, `${JSON.stringify({ key: "A" })}\n{"key":"hal`);
    await openExport().write([record("B")]);
    expect(readFileSync(path, "utf8").split("\n").slice(0, 2)).toEqual(['{"key":"A"}', '{"key":"hal']);
    expect(JSON.parse(readFileSync(path, "utf8").split("\n")[2] ?? "")).toMatchObject({ key: "B" });
  });
});

describe("threat 101: nothing counts as recorded while the export is", () => {
  /** What takes the place of the file. */
  const obstacles: readonly (readonly [name: string, put: () => void])[] = [
    ["full", () => symlinkSync("/dev/full", path)],
    ["read-only", () => symlinkSync("/proc/sys/kernel/ostype", path)],
    ["a folder", () => mkdirSync(path)],
    ["a pipe that no one reads", () => void execFileSync("mkfifo", [path])],
    [
      "gone with its folder",
      () => {
        rmSync(join(folder, "log"), { recursive: true });
        writeFileSync(join(folder, "log"), "");
      },
    ],
  ];

  test.each(obstacles)("%s", async (_, put) => {
    const audit = openExport();
    await audit.write([record("A")]);
    renameSync(path, join(folder, "first"));
    put();
    await expect(audit.write([record("B")])).rejects.toMatchObject(unavailable);
    expect(() => audit.requireHealthy()).toThrow(expect.objectContaining(unavailable));
    await expect(audit.write([record("C")])).rejects.toMatchObject(unavailable);
    rmSync(join(folder, "log"), { recursive: true });
    mkdirSync(join(folder, "log"));
    await recovered(audit);
    await audit.write([record("D")]);
    expect(keysIn(join(folder, "first"))).toEqual(["A"]);
    expect(keysIn(path)).toEqual(["B", "C", "D"]);
  });

  test("slow: a pipe whose reader stands still", async () => {
    execFileSync("mkfifo", [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const audit = openExport();
    const written: string[] = [];
    const failed = async () => {
      for (let at = 0; at < 10_000; at += 1) {
        written.push(`KEY-${at}`);
        await audit.write([aRecord({ key: `KEY-${at}`, filter: "x".repeat(1_000) })]);
      }
    };
    await expect(failed()).rejects.toMatchObject(unavailable);
    const chunks: Buffer[] = [];
    const read = () => {
      const chunk = Buffer.alloc(65_536);
      try {
        chunks.push(chunk.subarray(0, readSync(reader, chunk)));
      } catch {
        // Nothing is there at the moment.
      }
      const lines = Buffer.concat(chunks)
        .toString()
        .split("\n")
        .filter((line) => line.endsWith("}"));
      return lines.map((line) => JSON.parse(line).key);
    };
    await expect.poll(read, { timeout: 60_000 }).toEqual(written);
    await recovered(audit);
    closeSync(reader);
  });

  test("too far behind: memory stays bounded", async () => {
    symlinkSync("/dev/full", path);
    const audit = openExport();
    const results = await Promise.allSettled(Array.from({ length: 1_200 }, (_, at) => audit.write([record(`${at}`)])));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    rmSync(path);
    await recovered(audit);
    expect(keysIn(path)).toHaveLength(1_000);
  });
});
