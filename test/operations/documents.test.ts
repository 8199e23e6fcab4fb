import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** First cells of the rows of the tables in the guide, as far as they are code. */
const firstCells = [...read("docs/monitoring.md").matchAll(/^\| ((?:`[^`]+`(?:, )?)+) \|/gm)].flatMap(([, cell = ""]) =>
  cell.split(", ").map((name) => name.slice(1, -1)),
);

test("docs/monitoring.md has every metric, and no other", () => {
  const sources = readdirSync(new URL("../../src/metrics/", import.meta.url)).map((file) =>
    read(`src/metrics/${file}`),
  );
  const measured = [...sources.join("").matchAll(/"(secret_svc_\w+)"/g)].map(([, name]) => name);
  expect(measured.length).toBeGreaterThan(5);
  // Conditions of alerts begin with a name as well.
  expect(firstCells.filter((name) => /^secret_svc_\w+$/.test(name)).sort()).toEqual(measured.sort());
});

test("docs/monitoring.md has every finding of is-secure, and no other", () => {
  const source = read("src/secrets/is-secure.ts");
  const found = [...source.matchAll(/\b(?:critical|warning|notice)\(\s*"([a-z-]+)"/g)].map(([, id]) => id);
  expect(found.length).toBeGreaterThan(10);
  const named = firstCells.filter((name) => /^[a-z]+(-[a-z]+)*$/.test(name));
  expect(named.sort()).toEqual([...new Set([...found, "reflection"])].sort());
});
