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

/** A process that appends `"<name> <number> xxx…"` that many times, a few lines at once. Answers its exit code. */
async function appendElsewhere(name: string, times: number, before = ""): Promise<number> {
  const program = `
    import { createLineFile } from ${JSON.stringify(source)};
    const file = createLineFile({ target: ${JSON.stringify(path)}, isDurable: false, waitMs: 100 });
    for (let at = 0; at < ${times}; at += 1) {
      file.add(JSON.stringify(${JSON.stringify(name)} + " " + at + " " + "x".repeat(300)) + "\\n");
      if (at % 7 === 0) await file.flush();
    }
    await file.flush();`;
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

test("a line that is cut by a full disk is written again, whole", async () => {
  // In units of 1 KiB: three lines, and a part of the fourth.
  expect(await appendElsewhere("a", 8, "ulimit -f 1;")).toBe(1);
  expect(lines().at(-1)).toMatch(/^"a 3 x+$/);
  await append('"after"');
  expect(lines().slice(-2)).toEqual(['"after"', ""]);
});

test("a file that is emptied by a program that rotates it goes on with a whole line", async () => {
  await append('"first"');
  truncateSync(path);
  await append('"second"');
  expect(lines()).toEqual(['"second"', ""]);
});
