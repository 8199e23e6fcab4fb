import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fileValueHint, refuseUnlikelyKey } from "../../src/cli/files/key-argument.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-"));
const file = join(folder, "value.txt");
writeFileSync(file, "v");
afterAll(() => rmSync(folder, { recursive: true }));

test("fault D7: a value that is the name of a file gets a hint, with or without a sign before it", () => {
  expect(fileValueHint(file)).toContain("use '-' and < FILE");
  expect(fileValueHint(`@${file}`)).toContain("use '-' and < FILE");
});

test.each(["", "@", "-", "@-", "v", folder, `${file}x`, `${file}\0`])("%j gets none", (value) => {
  expect(fileValueHint(value)).toBeUndefined();
});

const plain = join(folder, "value");
writeFileSync(plain, "v");

test.each([
  ["-", undefined, "the key comes first"],
  ["A=b", undefined, "the key holds '='"],
  ["A=b", "c", "the key holds '='"],
  [file, undefined, "is a file, and not one of YAML"],
  [file, "value", "is a file, and not one of YAML"],
  [plain, undefined, "is a file, and not one of YAML"],
])("%j with the value %j is refused as a key", (text, value, problem) => {
  expect(() => refuseUnlikelyKey(text, value, "oo secret save")).toThrow(problem);
});

test.each([
  ["DATABASE_URL", undefined],
  ["DATABASE_URL", "value"],
  ["prod/a.b", "value"],
  [folder, undefined],
  [`${file}x`, undefined],
  // A value after it says that it is meant as a key, unless the name is that of a file.
  [plain, "value"],
])("%j with the value %j may be a key", (text, value) => {
  expect(() => refuseUnlikelyKey(text, value, "oo secret save")).not.toThrow();
});
