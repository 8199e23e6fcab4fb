import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { endAction } from "../../src/audit/journal-end.ts";
import { journalsIn } from "../support/audit/journal-fixture.ts";
import { compileCache } from "../support/compile-cache.ts";

const writer = join(import.meta.dirname, "../support/audit/journal-writer.ts");

/** Runs a writer of `count` records, kills it once it has printed `until`, and answers what it printed. */
async function runUntilKilled(count: number, until: string, before: string, ...more: readonly string[]) {
  const dataDir = mkdtempSync(join(tmpdir(), "journal-process-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const folder = join(dataDir, "access-journal");
  const script = `${before} exec "$0" "$@"`;
  const args = ["-c", script, process.execPath, "--disable-warning=ExperimentalWarning", writer, folder, String(count)];
  const child = spawn("bash", [...args, ...more], { env: compileCache, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line === until) child.kill("SIGKILL");
  }
  expect((await exited)[1]).toBe("SIGKILL");
  return { folder, taken: lines.filter((line) => /^\d+$/.test(line)).map(Number), lines };
}

async function recoverIn(folder: string) {
  const fixture = journalsIn(folder);
  // What the store knows of a process that died: that its chain was registered.
  const gone = journalsIn();
  gone.open("p1").discard();
  fixture.table.chains.push(...gone.table.chains);
  const [found] = await fixture.recover();
  expect(fixture.table.problems()).toEqual([]);
  const rows = [...fixture.table.rows.values()].filter(({ action }) => action !== endAction);
  return { found, keys: rows.map(({ key }) => key) };
}

describe("threat 302: a process that is killed at once", () => {
  test.each([
    [1, ""],
    [7, ""],
    [150, ""],
    [40, "disk"],
  ])("after %i records leaves each that was taken in its journal (%s)", async (moment, mode) => {
    const { folder, taken } = await runUntilKilled(100_000, String(moment), "", mode);
    const { found, keys } = await recoverIn(folder);
    expect(found).toMatchObject({ outcome: "recovered" });
    expect(taken.length).toBeGreaterThanOrEqual(moment);
    // One more may be in the file whose line was not printed.
    expect(keys.length).toBeGreaterThanOrEqual(taken.length);
    expect(keys).toEqual(keys.map((_, at) => `KEY-${at + 1}`));
  });
});

test("threat 303: on a full disk records are refused, and half of one is not left behind", async () => {
  // A write that reaches the limit is cut, as on a full disk, and the one after it fails.
  const { folder, taken, lines } = await runUntilKilled(60, "end", "trap '' XFSZ; ulimit -f 8;");
  expect(taken.length).toBeGreaterThan(5);
  expect(taken.length).toBeLessThan(60);
  expect(lines).toContain("refused JournalError");
  const { found, keys } = await recoverIn(folder);
  expect(found).toMatchObject({ outcome: "recovered", cutBytes: 0, records: taken.length });
  expect(keys).toEqual(taken.map((at) => `KEY-${at}`));
});
