import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ignoredSignals, ignoring, inheritedDescriptors } from "../../src/cli/run/inherited.ts";

describe("the mask of ignored signals", () => {
  test.each<[string | undefined, readonly number[]]>([
    ["0000000000000000", []],
    ["0000000000000001", [1]],
    ["0000000000000002", [2]],
    ["0000000000000005", [1, 3]],
    ["0000000040000000", [31]],
    // Those of real time are not among them.
    ["0000000080000000", []],
    ["ffffffff00000000", []],
    ["7", [1, 2, 3]],
    [undefined, []],
    ["", []],
    ["xyz", []],
    ["00000000000000001", []],
  ])("%s is of %j", (mask, signals) => {
    expect(ignoredSignals(mask)).toEqual(signals);
  });

  test("leaves out what no one can ignore, and what Node sets itself", () => {
    const all = ignoredSignals("ffffffffffffffff");
    expect(all).toHaveLength(27);
    for (const signal of [9, 13, 19, 25]) expect(all).not.toContain(signal);
  });
});

test("a command that goes on ignoring signals is started by a shell, and any other is not", () => {
  expect(ignoring([], "env", ["-0"])).toEqual({ program: "env", args: ["-0"] });
  expect(ignoring([1, 15], "env", ["-0", "a b"])).toEqual({
    program: "/bin/sh",
    args: ["-c", `trap '' 1 15; exec "$@"`, "sh", "env", "-0", "a b"],
  });
});

test("files that are open count as inherited, and /dev/null does not", () => {
  const folder = mkdtempSync(join(tmpdir(), "inherited-"));
  const path = join(folder, "file");
  writeFileSync(path, "");
  const before = inheritedDescriptors();
  const [file, nothing] = [openSync(path, "r"), openSync("/dev/null", "r")];
  try {
    const added = inheritedDescriptors().filter((fd) => !before.includes(fd));
    expect(added).toEqual([file]);
    expect(inheritedDescriptors().every((fd) => fd > 2)).toBe(true);
  } finally {
    closeSync(file);
    closeSync(nothing);
    rmSync(folder, { recursive: true });
  }
});
