import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { repository } from "../support/docs/markdown.ts";

const read = (file: string) => readFileSync(join(repository, file), "utf8");

/** Links of a page to files of the repository, from its root, with the heading after `#` where one is named. */
function linksOf(file: string): { target: string; heading: string | undefined }[] {
  return [...read(file).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, path = "", heading]) => ({
    target: path === "" ? file : normalize(join(dirname(file), path)),
    heading,
  }));
}

const pagesOf = (folder: string) =>
  readdirSync(join(repository, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));

describe("docs/README.md", () => {
  const start = "docs/README.md";

  test("has a door for each reader", () => {
    expect(read(start).match(/(?<=^## ).*$/gm)).toEqual([
      "I call it from a program",
      "I keep secrets in git",
      "I run it",
      "I change it",
    ]);
  });

  test("leads to every page in docs", () => {
    const linked = new Set([start, ...linksOf(start).map(({ target }) => target)]);
    expect(pagesOf("docs").filter((page) => !linked.has(page))).toEqual([]);
    expect(linked).toContain("docs/decisions/README.md");
  });

  test("leads to every decision, through their list", () => {
    const linked = new Set(linksOf("docs/decisions/README.md").map(({ target }) => target));
    const decisions = pagesOf("docs/decisions").filter((page) => page !== "docs/decisions/README.md");
    expect(decisions.filter((page) => !linked.has(page))).toEqual([]);
  });
});

describe.each(["README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", ...pagesOf("docs")])("%s", (file) => {
  test("links to headings that exist", () => {
    const broken = linksOf(file).filter(
      ({ target, heading }) =>
        heading !== undefined &&
        target.endsWith(".md") &&
        existsSync(join(repository, target)) &&
        !headingsOf(target).has(heading),
    );
    expect(broken).toEqual([]);
  });

  test("has no table that an empty line cuts: its rows would show as text", () => {
    expect(rowsWithoutTable(read(file))).toEqual([]);
  });
});

test("a row after an empty line is found, also in the middle of a page", () => {
  const table = "| a | b |\n|---|--:|\n| 1 | 2 |\n";
  expect(rowsWithoutTable(`text\n\n${table}\n| 3 | 4 |\n\n${table}`)).toEqual(["| 3 | 4 |"]);
});

/** The first rows of tables that have no line under their head. */
function rowsWithoutTable(text: string): string[] {
  return [...text.matchAll(/(?<=\n\n)\|.*(?=\n(?!\|[-:| ]+\|\n))/g)].map(([row]) => row);
}

/** The names that headings get where Markdown is shown: lower case, hyphens for spaces, no punctuation. */
function headingsOf(file: string): Set<string> {
  const withoutBlocks = read(file).replace(/^```.*?^```/gms, "");
  const headings = withoutBlocks.match(/(?<=^#+ ).*$/gm) ?? [];
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
