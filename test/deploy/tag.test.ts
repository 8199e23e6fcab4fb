import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runProgram } from "../support/cli/run-process.ts";
import { readBlocks, repository } from "../support/docs/markdown.ts";

// The steps of docs/releasing.md in a clone of the last commit, up to the tags of a version.

const work = mkdtempSync(join(tmpdir(), "tag-"));
const clone = join(work, "clone");
afterAll(() => rmSync(work, { recursive: true }));

const person = { NAME: "A Maintainer", EMAIL: "maintainer@example.org", DATE: "2026-12-01T00:00:00Z" };
const env = Object.fromEntries(
  Object.entries(person).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ]),
);

async function ran(program: string, ...args: readonly string[]): Promise<string> {
  const ended = await runProgram(program, args, { env: { ...env, HOME: work }, cwd: clone });
  expect(ended, `${program} ${args.join(" ")}`).toMatchObject({ code: 0 });
  return ended.stdout;
}

test("another version than the one that the commit names is set, released and tagged with the words of the changelog", async () => {
  expect(await runProgram("git", ["clone", "--quiet", "--shared", repository, clone])).toMatchObject({ code: 0 });
  symlinkSync(join(repository, "node_modules"), join(clone, "node_modules"));
  const script = (name: string, ...args: string[]) =>
    ran(process.execPath, "--disable-warning=ExperimentalWarning", `scripts/${name}`, ...args);

  await script("release/set-version.ts", "0.2.0");
  const changelog = readFileSync(join(clone, "CHANGELOG.md"), "utf8");
  const [, section = ""] = changelog.split(/^## /m);
  const [heading, ...lines] = section.split("\n");
  expect(heading).toBe("[0.2.0] - unreleased");
  const before = lines.join("\n");
  expect(before.match(/^### .*$/gm)).toEqual(expect.arrayContaining(["### Added", "### Fixed", "### Security"]));
  expect(await script("release/main.ts", "--only", "chart")).toContain("changes that are not committed");
  writeFileSync(join(clone, "CHANGELOG.md"), changelog.replace("[0.2.0] - unreleased", "[0.2.0] - 2026-12-01"));
  // Files that are generated from the version are those of the version.
  await script("openapi/main.ts", "--check");
  await ran("git", "commit", "--quiet", "--all", "--message", "Version 0.2.0");

  expect(await script("release/main.ts", "--only", "chart")).not.toContain("no date");
  expect(readdirSync(join(clone, "dist/release"))).toContain("secret-svc-chart-0.2.0.tgz");
  const commands = readBlocks("docs/releasing.md").find(({ text }) => text.includes("git tag --annotate"))?.text ?? "";
  await ran("sh", "-euc", commands.replaceAll("X.Y.Z", "0.2.0"));
  const commit = (await ran("git", "rev-parse", "HEAD")).trim();
  for (const tag of ["v0.2.0", "clients/go/v0.2.0"]) {
    expect(await ran("git", "rev-parse", `${tag}^{commit}`)).toBe(`${commit}\n`);
    const words = (await ran("git", "cat-file", "tag", tag)).split("\n\n").slice(1).join("\n\n");
    expect(words).toBe(`secret-svc 0.2.0\n\n${before.trim()}\n`);
  }
});
