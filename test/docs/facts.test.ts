import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { firstSafeVersions, knownVulnerabilities } from "../../src/store/mongo/connect/known-bad-versions.ts";
import { programPath } from "../support/built-package.ts";
import { ooPath, runProgram } from "../support/cli/run-process.ts";
import { readBlocks, repository } from "../support/docs/markdown.ts";
import { startServer } from "../support/server-process.ts";

const read = (file: string) => readFileSync(join(repository, file), "utf8");
const program = programPath("secret-svc");
const settings = read("docs/settings.md");

/** The text under a heading of docs/settings.md, up to the next one. */
function section(heading: string): string {
  return settings.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
}

/** Every match of a pattern, once, sorted. */
function all(text: string, pattern: RegExp): string[] {
  return [...new Set(text.match(pattern))].sort();
}

test("README.md fits the front door", () => {
  expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(220);
});

test("README.md shows what the service prints when it starts", async () => {
  const folder = mkdtempSync(join(tmpdir(), "reader-"));
  try {
    const greeting = readBlocks("README.md").find(({ marks }) => marks.includes("greeting"));
    expect((await greetingOf(folder)).replaceAll(/(?<=127\.0\.0\.1):\d+/g, ":11337")).toContain(greeting?.text);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("fault C13: docs/operations.md names the versions of MongoDB that the service takes without a warning", () => {
  const versions = firstSafeVersions();
  expect(versions.length).toBeGreaterThan(3);
  expect(versions.flatMap(knownVulnerabilities)).toEqual([]);
  const oneOlder = versions.map((version) => version.replace(/\d+$/, (patch) => `${Number(patch) - 1}`));
  for (const version of oneOlder) expect(knownVulnerabilities(version), version).not.toEqual([]);
  expect(read("docs/operations.md")).toContain(`without known vulnerabilities: ${versions.join(", ")}, or a newer one`);
  for (const file of [
    "README.md",
    "SECURITY.md",
    "docs/operations.md",
    "docs/settings.md",
    "docs/troubleshooting.md",
  ]) {
    expect(oneOlder.filter((version) => read(file).includes(version))).toEqual([]);
  }
});

test.each(["SECURITY.md", "docs/encryption-format.md"])("fault C13: %s says that derived keys stay cached", (file) => {
  expect(read("docs/decisions/0030-envelope-keys-are-cached.md")).toContain("They are cached in memory");
  expect(read(file).replaceAll(/\s+/g, " ")).toMatch(/stay cached until newer ones replace them/);
});

describe("docs/settings.md", () => {
  test("lists every setting of the service and of oo, and no other", async () => {
    const { stdout: service } = await runProgram(program, ["serve", "--help"]);
    const { stdout: oo } = await runProgram(ooPath, ["--help"]);
    const tables = section("The service") + section("The command line tool");
    const variable = /\b(?:SECRET_SVC|OB|OO)_[A-Z_]*[A-Z]\b/g;
    expect(all(tables, variable)).toEqual(all(service + oo, variable));
    const flag = /(?<=^ +|\| `)--[a-z-]+(?=[ `])/gm;
    expect(all(tables, flag)).toEqual(all(service + oo, flag));
  });

  test("lists every file in the data directory, and no other", async () => {
    const server = await startServer();
    try {
      const files = readdirSync(server.dataDir).filter((name) => !/-(wal|shm|journal)$/.test(name));
      expect(all(section("The data directory"), /(?<=^\| `)[a-z.]+(?=`)/gm)).toEqual(files.sort());
    } finally {
      await server.stop();
    }
  });

  test("names the limits as they are", () => {
    const count = (number: number) => number.toLocaleString("en");
    expect(section("Limits")).toContain(
      `${limits.valueBytes / 1024} KiB in a value, ${limits.keyBytes} bytes in a key, ${limits.listEntries} names in a ` +
        `list, ${count(limits.batchItems)} secrets in a batch, ${limits.requestBytes / 1024 ** 2} MiB in a request`,
    );
  });
});

describe.each([
  ...readdirSync(repository).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
])("%s", (file) => {
  test("links to files that exist", () => {
    const links = all(read(file), /(?<=\]\()[^)#]+(?=[)#])/g).filter((link) => !/^https?:/.test(link));
    expect(links.filter((link) => !existsSync(join(repository, dirname(file), link)))).toEqual([]);
  });

  test("names npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json"));
    const named = all(read(file), /(?<=npm run )[a-z][a-z:]*/g);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("says the language of each block, so that commands are known as such", () => {
    expect(readBlocks(file).filter(({ language }) => language === "")).toEqual([]);
  });
});

/** Starts the service in a folder and answers what it printed until it was ready; then ends it. */
async function greetingOf(cwd: string): Promise<string> {
  const env = { PATH: process.env.PATH ?? "", SECRET_SVC_LISTEN: "127.0.0.1:0" };
  const child = spawn(program, ["serve"], { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  let printed = "";
  for await (const more of child.stdout.setEncoding("utf8")) {
    printed += more;
    if (printed.includes("Try it")) child.kill();
  }
  await ended;
  return printed;
}
