import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fileValueHint } from "../../src/cli/files/key-argument.ts";

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
