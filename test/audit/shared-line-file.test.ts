import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLineFile, type LineFile } from "../../src/audit/line-file.ts";

const source = new URL("../../src/audit/line-file.ts", import.meta.url).href;

let folder: string;
let path: string;
let file: LineFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shared-line-file-"));
  path = join(folder, "audit.jsonl");
  file = createLineFile({ target: path, isDurable: false, waitMs: 100 });
});
afterEach(async () => {
  await file.close();
  rmSync(folder, { recursive: true });
});

async function append(line: string): Promise<void> {
  file.add(`${line}\n`);
  await file.flush();
}

const lines = () => readFileSync(path, "utf8").split("\n");

/**
 * A process that appends `"<name> <number> xxx…"` that many times, a few lines at once; `after` is what it does at the
 * end. Answers its exit code.
 */
async function appendElsewhere(
  name: string,
  times: number,
  before = "",
  after = "await file.flush();",
): Promise<number> {
  const program = `
    import { truncateSync } from "node:fs";
    import { createLineFile } from ${JSON.stringify(source)};
    const path = ${JSON.stringify(path)};
    const file = createLineFile({ target: path, isDurable: false, waitMs: 100 });
    for (let at = 0; at < ${times}; at += 1) {
      file.add(JSON.stringify(${JSON.stringify(name)} + " " + at + " " + "x".repeat(300)) + "\\n");
      if (at % 7 === 0) await file.flush();
    }
    ${after}`;
  const args = ["-c", `${before} exec "$0" --input-type=module-typescript -e "$1"`, process.execPath, program];
  const child = spawn("bash", args, { stdio: "ignore" });
  const [code] = await once(child, "exit");
  return code;
}

test("several processes append at once: no line is lost, doubled or torn", async () => {
  const codes = await Promise.all(["a", "b", "c"].map((name) => appendElsewhere(name, 700)));
  expect(codes).toEqual([0, 0, 0]);
  const found = lines().filter((line) => line !== "");
  const names = found.map((line) => JSON.parse(line).split(" ").slice(0, 2).join(" "));
  expect(names.length).toBe(2_100);
  expect(new Set(names).size).toBe(2_100);
});

test("a line that another process began, and did not end, does not take the next one with it", async () => {
  await append('"first"');
  appendFileSync(path, '"hal');
  await append('"second"');
  await append('"third"');
  expect(lines()).toEqual(['"first"', '"hal', '"second"', '"third"', ""]);
});

/** Files of 1 KiB at most: three lines, and a part of the fourth. */
const smallDisk = "ulimit -f 1;";

test("a line that is cut by a full disk does not take one of another process with it", async () => {
  expect(await appendElsewhere("a", 8, smallDisk)).toBe(1);
  expect(lines().at(-1)).toMatch(/^"a 3 x+$/);
  await append('"after"');
  expect(lines().slice(-2)).toEqual(['"after"', ""]);
});

test("a line that is cut by a full disk is written again, whole, when there is space", async () => {
  const again = "await file.flush().catch(() => truncateSync(path, 100)); await file.flush();";
  expect(await appendElsewhere("a", 4, smallDisk, again)).toBe(0);
  const [cut = "", whole = "", ...more] = lines();
  expect(cut).toHaveLength(100);
  expect(JSON.parse(whole)).toMatch(/^a 3 x{300}$/);
  expect(more).toEqual([""]);
});

test("a file that is emptied by a program that rotates it goes on with a whole line", async () => {
  await append('"first"');
  truncateSync(path);
  await append('"second"');
  expect(lines()).toEqual(['"second"', ""]);
});
