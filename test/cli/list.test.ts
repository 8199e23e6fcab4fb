import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
});
afterAll(() => service.stop());

const list = (...args: string[]) => service.admin(["secret", "list", ...args]);

test("nothing to list is an empty list", async () => {
  expect((await list()).stdout).toBe("");
  expect((await list("--show")).stdout).toBe("[]\n");
  expect((await list("-o", "json")).stdout).toBe("[]\n");
  writeFileSync(join(service.folder, "empty.yaml"), "[]\n");
  expect(await service.admin(["secret", "save", "empty.yaml"])).toEqual({
    code: 0,
    stdout: "",
    stderr: "oo: hint: empty.yaml holds no secrets\n",
  });
});

test("all pages are read, by number and by size", async () => {
  const entry = (i: number) => `- key: page/${String(i).padStart(4, "0")}\n  value: ${"x".repeat(3500)}\n`;
  for (const first of [0, 600]) {
    const entries = Array.from({ length: 600 }, (_, i) => entry(first + i));
    writeFileSync(join(service.folder, "page.yaml"), entries.join(""));
    expect((await service.admin(["secret", "save", "page.yaml"])).code).toBe(0);
  }
  const expected = Array.from({ length: 1200 }, (_, i) => `page/${String(i).padStart(4, "0")}`);
  const masked = (await list("--no-header")).stdout.trimEnd().split("\n");
  expect(masked.map((line) => line.split(" ")[0])).toEqual(expected);
  const shown: { key: string }[] = JSON.parse((await list("--show", "-o", "json")).stdout);
  expect(shown.map(({ key }) => key)).toEqual(expected);
});

test("threat 77: a value with escapes, shown in a table", async () => {
  await service.admin(["secret", "save", "escape/A"], "\x1b[2Ja\nb");
  expect((await list("escape/A", "--show", "-o", "table", "--no-header")).stdout).toMatch(
    /^escape\/A {2}\\x1b\[2Ja\\nb {2}admin/,
  );
  expect((await list("escape/A", "--show", "-o", "json")).stdout).not.toContain("\x1b");
});

test("threat 15: a document that was tampered with is named, the others are shown", async () => {
  await service.admin(["secret", "save", "tampered/A", "sk_live"]);
  await service.admin(["secret", "save", "tampered/B", "fine"]);
  const database = new DatabaseSync(join(service.server.dataDir, "secrets.db"));
  database.exec("UPDATE secret SET version = 7 WHERE key = 'tampered/A'");
  database.close();
  const { code, stdout, stderr } = await list("tampered/", "--show");
  expect(code).toBe(1);
  expect(stdout).toContain("value: fine\n");
  expect(stdout).not.toContain("sk_live");
  expect(stderr).toBe("oo: error: tampered/A is left out: its stored document does not verify\n");
});
