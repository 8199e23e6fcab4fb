import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readDotenv } from "../../src/cli/formats/dotenv-file.ts";
import { FileError } from "../../src/cli/formats/file-error.ts";
import { readEntries, readSecretFile } from "../../src/cli/formats/secret-file.ts";
import { createCredentials } from "../../src/cli/frame/credentials.ts";
import { runOo } from "../support/cli/run-oo.ts";

const folder = mkdtempSync(join(tmpdir(), "oo-large-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** As large as a file may be. */
const fill = (text: string) => text.repeat(Math.floor((4 * 1024 * 1024) / text.length));

describe("fault A7: files that are small, and have millions of nodes", () => {
  test.each([
    ["empty items", fill("-\n")],
    ["empty items with comments", fill("- # x\n")],
    ["empty items in Windows lines", fill("-\r\n")],
    ["items of one letter", fill("- a\n")],
    ["a list in brackets", `[${fill("a,")}]`],
    ["lists in lists", `[${fill("[a],")}]`],
    ["maps in a list", `[${fill("{},")}]`],
    ["a map in braces", `{${fill("a,")}}`],
    ["pairs in brackets", `[${fill("a: b,")}]`],
    ["question marks", fill("?\n")],
    ["colons", fill(":\n")],
    ["questions and colons", fill("?\n:\n")],
    ["empty documents", fill("---\n")],
    ["documents with a letter", fill("--- a\n")],
    ["documents with an end", fill("---\n...\n")],
    ["items in items", fill("- - - -\n")],
    ["fields", fill("a: b\n")],
  ])("%s", (_, text) => {
    const [error, ...others] = readEntries("f.yaml", text);
    expect(others).toEqual([]);
    expect(error).toBeInstanceOf(FileError);
    expect(String(error)).toMatch(
      /has more nodes than a file of secrets can have|not valid YAML|duplicate field|nested|expected|must be|cannot be read here|check the indentation|is not closed|is missing|not a field/,
    );
  });

  test("of a file with wrong entries only, the first thousand are shown", () => {
    expect(readEntries("f.yaml", "- a\n".repeat(40_000))).toHaveLength(1000);
  });

  test("a file as large as a request, of values that look like YAML, is read", () => {
    const json = JSON.stringify({ list: Array.from({ length: 1000 }, (_, at) => ({ at, name: `n${at}` })) }, null, 2);
    const value = `- a:\n${json}`
      .split("\n")
      .map((line) => `    ${line}\n`)
      .join("");
    const secret = (at: number) => `- key: A/${at}\n  value: |\n${value}`;
    const count = Math.floor((4 * 1024 * 1024) / secret(99).length);
    const secrets = readSecretFile("f.yaml", Array.from({ length: count }, (_, at) => secret(at)).join(""));
    expect(secrets).toHaveLength(count);
    expect(secrets[0]?.input.value).toBe(`- a:\n${json}\n`);
  });

  test("a batch with as many values as a request may have is read", () => {
    const readers = `[${Array.from({ length: 40 }, (_, at) => `role-${at}`).join(", ")}]`;
    const entry = (at: number) => `- key: A/${at}\n  value: v\n  readers: ${readers}\n  metadata: {a: b, c: d}\n`;
    expect(readSecretFile("f.yaml", Array.from({ length: 1000 }, (_, at) => entry(at)).join(""))).toHaveLength(1000);
  });

  test("a dotenv file with a million names", () => {
    const text = Array.from({ length: 400_000 }, (_, at) => `A${at}=b\n`).join("");
    expect(() => readDotenv(".env", text)).toThrow(".env:10001: there are more than 10000 assignments");
  });
});

describe("fault A7: what oo reads cannot hang it", () => {
  const service = { OO_URL: "http://127.0.0.1:1", OO_TOKEN: "oo_x" };
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const jsonFile = join(folder, "folder.yaml");
  writeFileSync(jsonFile, "[]");

  test.each([
    ["secret list --token-file /dev/zero", "cannot read the token file /dev/zero: it is not a regular file"],
    [`secret list --token-file ${folder}`, `cannot read the token file ${folder}: it is a folder`],
    ["audit verify --head /dev/zero", "cannot read the head in /dev/zero: it is not a regular file"],
    ["secret encrypt A v --sealing-key /dev/zero", "cannot read the sealing key /dev/zero: it is not a regular file"],
    [`secret save ${pipe}.yaml`, "pipe.yaml"],
    ["secret lint /dev/zero", "/dev/zero is not a regular file"],
    [`secret lint ${pipe}`, `${pipe} is not a regular file`],
  ])("oo %s", async (command, message) => {
    const { code, stderr } = await runOo(command.split(" "), { env: service });
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });

  test("a token from a pipe is read once, and not waited for again", () => {
    const path = join(folder, "token");
    execFileSync("mkfifo", [path]);
    spawn("sh", ["-c", 'printf "oo_x\\n" > "$0"', path], { stdio: "ignore" });
    const credentials = createCredentials({ env: {} }, path);
    expect(credentials.isFromFile).toBe(false);
    expect(credentials.latest()).toBe("oo_x");
  });

  test("a token may come from a process substitution", () => {
    const script = 'exec "$0" secret list --token-file <(printf "oo_x\\n")';
    const oo = join(import.meta.dirname, "../../bin/oo");
    const env = { PATH: process.env.PATH ?? "", OO_URL: service.OO_URL };
    const run = () => execFileSync("bash", ["-c", script, oo], { env, encoding: "utf8", stdio: "pipe" });
    expect(run).toThrow(/cannot reach the service at http:\/\/127\.0\.0\.1:1/);
  });
});
