import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readFlags } from "../../bench/flags.ts";
import { chartFiles } from "../../bench/report/charts.ts";
import { pageFile } from "../../bench/report/page.ts";
import { type Results, type Row, readResults, resultsFile } from "../../bench/report/results.ts";
import { listShortfalls, listSlower } from "../../bench/report/shortfalls.ts";
import { repository } from "../support/docs/markdown.ts";

const docs = join(repository, "docs");
const results = readResults(docs);
const charts = chartFiles(results);

test.each([resultsFile(results), pageFile(results), ...charts])(
  "docs/%s is what `npm run bench -- --draw` writes",
  (name, content) => {
    expect(readFileSync(join(docs, name), "utf8")).toBe(content);
  },
);

describe.each(charts)("%s", (_, svg) => {
  test("is well-formed XML", () => {
    expect(faultOf(svg)).toBeUndefined();
  });

  test("has a title, a description with every number, and is an image", () => {
    expect(svg).toMatch(/<svg [^>]*role="img" aria-labelledby="title desc"/);
    expect(svg).toMatch(/<title id="title">\w+ per second<\/title>/);
    const description = /<desc id="desc">([^<]+)<\/desc>/.exec(svg)?.[1] ?? "";
    const values = [...svg.matchAll(/font-weight="600">([\d,]+)<tspan/g)].map(([, value]) => value);
    expect(values.length).toBe(18);
    for (const value of values) expect(description).toContain(` ${value}`);
  });

  test("has a colour for each class in both schemes, and without one", () => {
    const used = new Set([...svg.matchAll(/class="(\w+)"/g)].map(([, name]) => name));
    for (const name of used)
      expect(svg.match(new RegExp(`\\.${name} \\{ fill: #[0-9a-f]{6}; \\}`, "g"))).toHaveLength(3);
    expect(svg).toContain("@media (prefers-color-scheme: light)");
    expect(svg).toContain("@media (prefers-color-scheme: dark)");
  });
});

test("a chart of a partial run shows only what it measured", () => {
  const { mongodb: _, ...versions } = results.versions;
  const rows = results.rows.map(({ mongodb: _, mongodbRatio: __, ...row }) => ({ ...row, targets: [] }) as Row);
  const partial: Results = {
    ...results,
    versions,
    rows: rows.filter((row) => row.kind === "size" || row.callers === 16),
  };
  for (const [, svg] of [...chartFiles(partial), pageFile(partial)])
    expect(svg).not.toMatch(/secret-svc on MongoDB|NaN|undefined/);
  expect(chartFiles(partial).map(([, svg]) => faultOf(svg))).toEqual([undefined, undefined]);
});

describe("what does not hold", () => {
  const row: Row = {
    kind: "load",
    operation: "read",
    protocol: "http",
    callers: 1,
    otherName: "OpenBao",
    sqlite: { perSecond: 200, p50Ms: 1, p99Ms: 2 },
    other: { perSecond: 100, p50Ms: 1, p99Ms: 2 },
    ratio: 2,
    targets: [{ of: "ratio", atLeast: 2 }],
  };

  test("is empty when all targets hold", () => {
    expect(listShortfalls([row])).toBe("All targets hold in this run.");
    expect(listSlower([row])).toBe("- On SQLite:\n  - nothing.");
  });

  test("names the row, what was measured and the target", () => {
    const targets = [{ of: "ratio", atLeast: 3 }, { of: "p99" }] as const;
    expect(listShortfalls([{ ...row, targets }])).toBe(
      "- **read one, 1 caller**: measured 2.00 ×; target ≥ 3 ×.\n" +
        "- **read one, 1 caller**: measured 2.00 ms, OpenBao 2.00 ms; target p99 lower.",
    );
  });
});

describe("npm run bench", () => {
  const outOf = (...args: readonly string[]) => {
    const task = readFlags(args);
    return task.kind === "help" ? undefined : task.out;
  };

  test.each([[], ["--rounds", "5"], ["--draw"]])("writes docs/ after a full run: %j", (...args) => {
    expect(outOf(...args)).toBe(docs);
  });

  test.each([["--quick"], ["--no-mongodb"], ["--rounds", "2"], ["--quick", "--rounds", "2"]])(
    "writes nothing after a partial run, without a place for it: %j",
    (...args) => {
      expect(outOf(...args)).toBeUndefined();
      expect(outOf(...args, "--out", "somewhere")).toBe("somewhere");
    },
  );

  test("writes nothing when only reads of clients of Vault are measured", () => {
    expect(outOf("--only-vault", "--rounds", "5", "--out", "somewhere")).toBeUndefined();
  });

  test("refuses malformed counts", () => {
    expect(() => readFlags(["--rounds", "x"])).toThrow("--rounds takes a whole number from 1");
    expect(() => readFlags(["--seconds", "0"])).toThrow("--seconds takes a whole number from 1");
  });
});

/** The first place where a document is not well-formed: elements must nest, attributes be quoted, text be escaped. */
function faultOf(xml: string): string | undefined {
  const open: string[] = [];
  let at = 0;
  for (const { 0: tag, 1: end, 2: name = "", 3: empty, index } of xml.matchAll(
    /<(\/)?([a-z]+)(?: [\w:-]+="[^"<&]*")*(\/)?>/g,
  )) {
    const between = xml.slice(at, index);
    if (/[<>]|&(?!(?:amp|lt|gt|quot);)/.test(between)) return between;
    if (open.length === 0 && index > 0) return tag;
    if (end === undefined && empty === undefined) open.push(name);
    else if (end !== undefined && open.pop() !== name) return tag;
    at = index + tag.length;
  }
  return open.length > 0 || xml.slice(at) !== "\n" ? xml.slice(at) : undefined;
}
