import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Block, readBlocks, repository } from "../support/docs/markdown.ts";

/**
 * A block after `<!-- sample PATH -->` or `<!-- sample PATH#NAME -->` is that part of a sample, which the tests of the
 * client run: what is between `snippet NAME` and its `end snippet`.
 */
const sampleMark = /^sample ([^\s#]+)(?:#(\S+))?$/;
const snippetStart = /^\s*(?:\/\/|#) snippet ?(.*)$/;
const snippetEnd = /^\s*(?:\/\/|#) end snippet$/;
const codeLanguages = ["go", "python", "java", "ts", "js"];

const clients = readdirSync(join(repository, "clients"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "testdata")
  .map(({ name }) => `clients/${name}/README.md`);

test.each([...clients, "clients/README.md", "README.md"])("%s shows samples as they are", (file) => {
  for (const block of readBlocks(file)) {
    const sample = sampleOf(block);
    if (sample === undefined) continue;
    const where = `${file}:${block.line} is not ${sample.path}#${sample.name}`;
    expect(block.text, where).toBe(readSnippet(sample.path, sample.name));
  }
});

test.each(clients)("%s has no program that is not a sample", (file) => {
  const programs = readBlocks(file).filter(({ language }) => codeLanguages.includes(language));
  expect(programs.length).toBeGreaterThan(0);
  expect(programs.filter((block) => sampleOf(block) === undefined).map(({ line }) => `${file}:${line}`)).toEqual([]);
});

function sampleOf(block: Block): { path: string; name: string } | undefined {
  const found = block.marks.map((mark) => sampleMark.exec(mark)).find((match) => match !== null);
  const [, path, name = ""] = found ?? [];
  return path === undefined ? undefined : { path, name };
}

/** A snippet may have shorter ones inside; the marks of those are not part of it. */
function readSnippet(path: string, name: string): string {
  const lines = readFileSync(join(repository, path), "utf8").split("\n");
  const start = lines.findIndex((line) => snippetStart.exec(line)?.[1] === name);
  const rest = lines.slice(start + 1);
  const length = rest.findIndex((_, at) => openSnippets(rest.slice(0, at + 1)) < 0);
  if (start === -1 || length === -1) throw new Error(`${path} has no snippet "${name}"`);
  const snippet = rest.slice(0, length).filter((line) => !snippetStart.test(line) && !snippetEnd.test(line));
  const indent = Math.min(
    ...snippet.filter((line) => line.trim() !== "").map((line) => /^\s*/.exec(line)?.[0].length ?? 0),
  );
  return snippet
    .map((line) => line.slice(indent))
    .join("\n")
    .trim();
}

/** Starts less ends. */
function openSnippets(lines: readonly string[]): number {
  const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
  return count(snippetStart) - count(snippetEnd);
}
