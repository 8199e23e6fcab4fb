import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Block, readBlocks, repository } from "../support/docs/markdown.ts";

/**
 * A block after `<!-- sample PATH -->` or `<!-- sample PATH#NAME -->` is that part of a sample, which the tests of the
 * client run: what is between `snippet NAME` and `end snippet` in it.
 */
const sampleMark = /^sample ([^\s#]+)(?:#(\S+))?$/;
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

function readSnippet(path: string, name: string): string {
  const lines = readFileSync(join(repository, path), "utf8").split("\n");
  const isStart = (line: string) => /^(?:\/\/|#) snippet ?(.*)$/.exec(line.trim())?.[1] === name;
  const start = lines.findIndex(isStart);
  const length = lines.slice(start + 1).findIndex((line) => /^(?:\/\/|#) end snippet$/.test(line.trim()));
  if (start === -1 || length === -1) throw new Error(`${path} has no snippet "${name}"`);
  const snippet = lines.slice(start + 1, start + 1 + length);
  const indent = Math.min(
    ...snippet.filter((line) => line.trim() !== "").map((line) => /^\s*/.exec(line)?.[0].length ?? 0),
  );
  return snippet
    .map((line) => line.slice(indent))
    .join("\n")
    .trim();
}
