import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../support/docs/markdown.ts";

const folder = join(repository, "docs/decisions");
const files = readdirSync(folder)
  .filter((file) => file !== "README.md")
  .sort();

test("the list of decisions has each of them once, in order", () => {
  const list = readFileSync(join(folder, "README.md"), "utf8");
  const rows = [...list.matchAll(/^\| \[(\d{4})\]\(([^)]+)\) \| .+ \|$/gm)];
  expect(rows.map(([, , file]) => file)).toEqual(files);
  expect(rows.map(([, number]) => number)).toEqual(files.map((file) => file.slice(0, 4)));
  expect(new Set(files.map((file) => file.slice(0, 4))).size).toBe(files.length);
});

test.each(files)("%s begins with its number and a title, and says what was decided", (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  expect(text).toMatch(new RegExp(`^# ${file.slice(0, 4)} [^\\n]+\\n`));
  expect(text).toContain("**Decided.**");
});
