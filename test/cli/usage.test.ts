import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runOo } from "../support/cli/run-oo.ts";
import { ooPath, runProgram } from "../support/cli/run-process.ts";

const folder = mkdtempSync(join(tmpdir(), "oo-usage-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Nothing listens there. */
const nowhere = { OO_URL: "http://127.0.0.1:1", OO_TOKEN: "oo_x" };
const commands = [
  ...["secret save", "secret list", "secret remove", "secret is-secure", "user whoami", "user save", "user list"],
  ...[
    "user remove",
    "token create",
    "token list",
    "token revoke",
    "audit list",
    "secret apply",
    "secret lint",
    "secret export",
    "completion",
    "secret plan",
    "secret explain",
    "secret who-can",
    ...["secret get", "secret edit", "secret generate", "secret find", "secret rm", "secret diff", "secret rollback"],
    ...[
      "secret metadata set",
      "secret metadata unset",
      "secret reader add",
      "secret can-change-writers remove",
      "status",
    ],
  ],
];

describe("help and version", () => {
  test("the version is that of the package, also through a symbolic link", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    const expected = { code: 0, stdout: `${version}\n`, stderr: "" };
    expect(await runOo(["--version"])).toEqual(expected);
    symlinkSync(ooPath, join(folder, "oo"));
    expect(await runProgram(join(folder, "oo"), ["--version"], { cwd: folder })).toEqual(expected);
  });

  test.each(commands)("%s --help has examples and exit codes", async (command) => {
    const { code, stdout, stderr } = await runOo([...command.split(" "), "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`Usage: oo ${command}`);
    expect(stdout).toMatch(/Examples:\n {2}.*oo /);
    expect(stdout).toMatch(/Exit codes: 0 .*, 1 .*, 2 (wrong usage|changes)\.\n$/);
  });
});

describe("wrong usage ends with exit code 2", () => {
  const wrong: readonly (readonly [string[], string])[] = [
    [
      ["secret"],
      "oo secret needs a command: save, plan, apply, lint, get, edit, generate, list, find, remove, rm, undelete, copy, move, versions, diff, restore, rollback, purge, encrypt, seal, reseal, decrypt, sealing-key, scan, metadata, reader, writer, deleter, can-change-readers, can-change-writers, can-change-deleters, explain, who-can, usage, is-secure, import, export, run, watch",
    ],
    [["secrets"], "unknown command 'secrets', did you mean secret?"],
    [["secret", "save"], "missing required argument 'key|file|folder'"],
    [["secret", "save", "A", "v", "--reader", "x"], "unknown option --reader, did you mean --readers?"],
    [["secret", "save", "A", "v", "--if-version", "x"], "--if-version must be a whole number from 0 to 4294967295"],
    [["secret", "save", "A", "v", "--metadata", "x"], "--metadata must be of the form name=text"],
    [["secret", "save", "A", "v", "--keep-value"], "--keep-value and a value cannot be used together"],
    [["secret", "save", "A//B", "v"], "the key must not have an empty segment (no leading, trailing or double '/')"],
    [["secret", "save", "a.yaml", "b.yaml"], "a file or folder takes no value"],
    [
      ["secret", "save", "a.yaml", "--owner", "x"],
      "with a file or folder, lists, metadata, owner and version are set in the files; --keep-value cannot be used",
    ],
    [["secret", "remove"], "name what to remove with --key or --id"],
    [["secret", "remove", "--key", "A", "--id", "secr_a"], "--key and --id cannot be used together"],
    [
      ["secret", "list", "-o", "xml"],
      "option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are table, json, yaml.",
    ],
    [["user", "save", "a", "--role", "b", "--clear-roles"], "--role and --clear-roles cannot be used together"],
    [["user", "save", "a", "--role", ""], "--role names no role"],
    [["token", "create", "--ttl", "1y"], "--ttl must be a number and one of s, m, h, d, w, such as 90d or 12h"],
    [["audit", "list", "--limit", "0"], "--limit must be a whole number from 1 to 4294967295"],
    [
      ["audit", "list", "--since", "x"],
      "--since must be a time such as 2026-01-31T12:00:00Z, or a duration such as 24h (that long ago)",
    ],
    [["user", "whoami", "--url", "ftp://x"], "the address of the service must start with http:// or https://"],
    [
      ["user", "whoami", "--url", "http://u:sk_live@x"],
      "the address of the service must not hold credentials, a query or a fragment",
    ],
    [["secret", "list", "-n", "", "--show"], "the namespace must not be empty"],
    [
      ["secret", "list", "-n", "a//b"],
      "the namespace must not have an empty segment (no leading, trailing or double '/')",
    ],
  ];
  test.each(wrong)("%j", async (args, message) => {
    const { code, stdout, stderr } = await runOo(args, { env: nowhere });
    expect(stderr.split("\n")[0]).toBe(`oo: error: ${message}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("threat 73: a value in the wrong place is not quoted", async () => {
    for (const args of [
      ["A", "-sk_live"],
      ["A", "--sk_live"],
      ["A", "v", "sk_live"],
      ["A", "-----BEGIN sk_live"],
    ]) {
      const { code, stderr } = await runOo(["secret", "save", ...args], { env: nowhere });
      expect(code).toBe(2);
      expect(stderr).not.toContain("sk_live");
    }
  });
});

describe("failures end with exit code 1 and a hint", () => {
  test("nothing listens", async () => {
    expect(await runOo(["user", "whoami"], { env: nowhere })).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "oo: error: cannot reach the service at http://127.0.0.1:1: connection refused\n" +
        "oo: hint: start the service (`npm start` or `secret-svc serve`), or set OO_URL to its address\n",
    });
  });

  test("no token, or something else in its place", async () => {
    const none = await runOo(["user", "whoami"]);
    expect(none.stderr).toBe(
      "oo: error: OO_TOKEN is not set\n" +
        "oo: hint: set OO_TOKEN or use --token-file: export OO_TOKEN=$(cat data/admin.token)\n",
    );
    const odd = await runOo(["user", "whoami"], { env: { OO_TOKEN: "two words\x1b" } });
    expect(odd.stderr).toMatch(/^oo: error: OO_TOKEN does not hold a token\n/);
    expect(odd.stderr).not.toContain("words");
    const file = await runOo(["user", "whoami", "--token-file", join(folder, "none")]);
    expect(file.stderr).toMatch(/^oo: error: cannot read the token file .*: no such file or folder\n$/);
    expect([none.code, odd.code, file.code]).toEqual([1, 1, 2]);
  });

  test.each([
    ["threat 61: bytes that are not UTF-8", Buffer.from([0x73, 0x6b, 0xff]), "the value is not valid UTF-8"],
    ["nothing", "", "the value is empty"],
    ["65 KiB", "x".repeat(66_560), "the value must be at most 65536 bytes, and has 66560"],
  ])("%s on standard input", async (_, input, message) => {
    const { code, stderr } = await runOo(["secret", "save", "A", "-"], { env: nowhere, input });
    expect(code).toBe(1);
    expect(stderr.split("\n")[0]).toBe(`oo: error: ${message}`);
  });

  test("threat 61: an argument that is not UTF-8", async () => {
    const script = '"$0" secret save A "$(printf "sk_live\\377")"';
    const { code, stderr } = await runProgram("sh", ["-c", script, ooPath], { env: nowhere });
    expect(code).toBe(1);
    expect(stderr).toBe(
      "oo: error: the value is not valid UTF-8\noo: hint: give it on standard input if it really holds U+FFFD\n",
    );
  });

  test("a file that is too large, or not UTF-8, or missing", async () => {
    writeFileSync(join(folder, "large.yaml"), Buffer.alloc(4 * 1024 * 1024 + 1, "#"));
    writeFileSync(join(folder, "latin.yaml"), Buffer.from([0xe9]));
    const save = (file: string) => runOo(["secret", "save", file], { env: nowhere, cwd: folder });
    expect((await save("large.yaml")).stderr).toBe(
      "oo: error: large.yaml is too large: all files together may have 4194304 bytes\n",
    );
    expect((await save("latin.yaml")).stderr).toBe("oo: error: latin.yaml is not valid UTF-8\n");
    expect((await save("none.yaml")).stderr).toMatch(/^oo: error: there is no file none.yaml\n/);
    expect((await save("none/")).stderr).toBe("oo: error: there is no folder none/\n");
  });
});
