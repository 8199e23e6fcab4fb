import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../support/docs/markdown.ts";

const numbers = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].flatMap(([, list = ""]) => list.split(", ").map(Number));

test("every documented command in docs/migrating.md has a test with its number, and no test has another", () => {
  const table = readFileSync(join(repository, "docs/migrating.md"), "utf8");
  const tests = readdirSync(join(repository, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(repository, "test", name), "utf8"));
  const tested = numbers(tests.join("\n"), /["'`]documented ((?:\d+, )*\d+): /g);
  const known = numbers(table, /^\| (\d+) \|/gm);
  expect([...new Set(tested)].sort((a, b) => a - b)).toEqual(known);
});
