import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lintFiles } from "../../src/cli/files/lint-files.ts";
import { fileRules } from "../../src/cli/formats/file-error.ts";
import { checksumAlgorithms, checksumOf } from "../../src/crypto/checksum.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { sealValue } from "../../src/crypto/sealed-value.ts";
import { deriveSealingKeyPair } from "../../src/crypto/sealing-key.ts";
import { formatSealingKeyFile } from "../../src/crypto/sealing-key-file.ts";
import { runOo } from "../support/cli/run-oo.ts";

let folder: string;
let sealed: string;
let sealedForUser: string;
let kid: string;
beforeAll(async () => {
  const pair = await deriveSealingKeyPair(createKeyring(Buffer.alloc(32, 7), []).active);
  kid = pair.kid;
  sealed = await sealValue(pair, { tenant: "acme", scope: "key", target: "prod/A" }, "sk_live");
  sealedForUser = await sealValue(pair, { tenant: "acme", scope: "principal", target: "alice" }, "sk_live");
  folder = mkdtempSync(join(tmpdir(), "oo-lint-"));
  writeFileSync(join(folder, "sealing-key.json"), formatSealingKeyFile({ ...pair, tenant: "acme" }));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Expected {
  readonly namespace?: string;
  readonly tenant?: string;
  readonly kid?: string;
}
const lint = (text: string, { namespace, tenant, kid: wanted }: Expected = {}) =>
  lintFiles([{ path: "a.yaml", text }], namespace, { tenant, kid: wanted }).map(
    ({ line, column, rule, problem }) => `${line}:${column}: ${rule}: ${problem}`,
  );
const entry = (value: string, more = "") => `key: prod/A\nvalue: ${value}\nencrypted: true\n${more}`;

test("nothing is wrong with a sealed value in its place, whatever the checksum's algorithm", () => {
  for (const algorithm of checksumAlgorithms) {
    const checksum = `checksum: "${checksumOf(algorithm, Buffer.from(sealed))}"\nchecksumAlgorithm: ${algorithm}\n`;
    expect(lint(entry(sealed, checksum), { tenant: "acme", kid })).toEqual([]);
  }
  expect(lint("key: prod/A\nreaders: [a]\ncanChangeReaders: [a]\nmetadata: {expires: 2027-12-31}\n")).toEqual([]);
});

describe("sealed values", () => {
  test("for another key, which the namespace is part of", () => {
    expect(lint(entry(sealed).replace("prod/A", "prod/B"))).toEqual([
      "2:8: sealed-key: value is sealed for prod/A, not for prod/B",
    ]);
    expect(lint(entry(sealed), { namespace: "staging" })).toEqual([
      "2:8: sealed-key: value is sealed for prod/A, not for staging/prod/A",
    ]);
    expect(lint(entry(sealed).replace("prod/A", "A"), { namespace: "prod" })).toEqual([]);
    expect(lint(entry(sealed).replace("key: prod/A", "id: secr_a"))).toEqual([]);
    expect(lint(entry(sealedForUser))).toEqual([
      "2:8: sealed-key: value is sealed for any key that alice saves, and not for one key",
    ]);
  });

  test("for another tenant, with another key", () => {
    expect(lint(entry(sealed), { tenant: "other" })).toEqual([
      "2:8: sealed-tenant: value is sealed for the tenant acme, not for the tenant other",
    ]);
    expect(lint(entry(sealed), { kid: "0123456789abcdef" })).toEqual([
      `2:8: sealing-key: value is sealed with the key ${kid}, not with 0123456789abcdef; 'oo secret reseal' renews it`,
    ]);
  });

  test("malformed, and none at all", () => {
    expect(lint(entry(sealed.slice(0, -1000)))).toEqual([
      "2:8: sealed-format: value is not a valid sealed value: it is cut short",
    ]);
    const [problem, ...others] = lint(entry("sk_live"));
    expect(others).toEqual([]);
    expect(problem).toMatch(/^2:8: sealed-format: value is not a sealed value/);
    expect(problem).not.toContain("sk_live");
  });

  test("a wrong checksum, and an algorithm that no one knows", () => {
    expect(lint(entry(sealed, "checksum: 00000000\n"))).toEqual([
      "4:11: checksum: checksum is not the CRC32 of the value",
    ]);
    expect(lint(entry(sealed, "checksumAlgorithm: MD5\n"))).toEqual([
      "4:20: structure: checksumAlgorithm must be one of CRC32, SHA-256, SHA-512, BLAKE2s",
    ]);
  });

  test("not marked as such, or with the name of the field in it", () => {
    expect(lint(`key: prod/A\nvalue: ${sealed}\n`)).toEqual([
      "2:8: sealed-not-marked: value is a sealed text, and 'encrypted: true' is missing",
    ]);
    expect(lint(entry(`"value: ${sealed}"`))).toEqual([
      "2:8: value-prefix: value begins with 'value:'; 'oo secret encrypt -o value' prints the text alone",
    ]);
  });
});

const wrong: readonly (readonly [string, string, readonly string[]])[] = [
  ["a plain value", "key: A\nvalue: sk_live\n", ["2:8: plain-value: value is not sealed; 'oo secret seal' does that"]],
  [
    "a value in a block",
    "key: A\nencrypted: false\nvalue: |\n  sk_live\n",
    ["4:1: plain-value: value is not sealed; 'oo secret seal' does that"],
  ],
  [
    "malformed YAML",
    "key: A\nvalue: sk_live: x\n",
    ["2:15: structure: cannot be read here: put special characters in quotes, and check the indentation"],
  ],
  [
    "a malformed key",
    "key: A//B\nreaders: [a]\n",
    ["1:6: key: key must not have an empty segment (no leading, trailing or double '/')"],
  ],
  [
    "a malformed id",
    "key: A\nid: x\nreaders: [a]\n",
    ["2:5: structure: id must be 'secr_' and 1 to 64 characters of A-Z a-z 0-9 _"],
  ],
  [
    "a malformed owner",
    "key: A\nowner: A B\n",
    ["2:8: structure: owner must be a-z and 0-9, in groups joined by single '-'"],
  ],
  [
    "encrypted without a value",
    "key: A\nencrypted: true\n",
    ["2:12: structure: encrypted has no meaning without a value"],
  ],
  [
    "lists with no one in them",
    "key: A\nreaders: []\ndeleters: []\n",
    [
      "2:10: empty-list: readers is empty: only admins are left",
      "3:11: empty-list: deleters is empty: only admins are left",
    ],
  ],
  [
    "a user who may add themselves",
    "key: A\nreaders: [a]\ncanChangeReaders: [a, ops]\n",
    ["3:19: changer-cannot-read: ops may not read, but may change who does"],
  ],
  [
    "metadata",
    "key: A\nmetadata:\n  expires: soon\n  rotation_interval: 3x\n",
    [
      "3:12: expires: expires must be a date such as 2027-12-31 or a time such as 2027-12-31T23:00:00Z",
      "4:22: rotation-interval: rotation_interval must be a whole number of days or hours such as 90d or 12h",
    ],
  ],
  [
    "metadata that is too long",
    `key: A\nmetadata:\n  a.b: ${"x".repeat(513)}\n`,
    ["3:8: limit: the size of a metadata text must be at most 512, and is 513"],
  ],
  [
    "a list that is too long",
    `key: A\nreaders: [${Array.from({ length: 101 }, (_, i) => `u${i}`).join(", ")}]\n`,
    ["2:10: limit: readers must have at most 100 entries, and has 101"],
  ],
  [
    "every entry that is wrong, not only the first",
    "- key: A\n  reader: [a]\n- sk_live\n- key: B\n  value: sk_live\n",
    [
      "2:3: structure: unknown field, did you mean readers?",
      "3:3: structure: must be a mapping such as `key: NAME`, or a list of them",
      "5:10: plain-value: value is not sealed; 'oo secret seal' does that",
    ],
  ],
  [
    "a key twice",
    "- {key: A, readers: [a]}\n- {key: A, readers: [b]}\n",
    ["2:3: duplicate-key: A is in a.yaml:1 already"],
  ],
];
test.each(wrong)("threat 73: %s is reported by line and column, without a value", (_, text, expected) => {
  expect(lint(text)).toEqual(expected);
});

describe("the command", () => {
  const oo = (...args: string[]) => runOo(["secret", "lint", ...args], { cwd: folder });

  test("works without a service and a token; exit code 0 and silence, or 1 and a line for each", async () => {
    mkdirSync(join(folder, "secrets"));
    writeFileSync(join(folder, "secrets", "a.yaml"), entry(sealed));
    expect(await oo("--sealing-key", "sealing-key.json", "secrets")).toEqual({ code: 0, stdout: "", stderr: "" });
    writeFileSync(join(folder, "secrets", "b.yml"), "key: prod/A\nvalue: sk_live\n");
    expect(await oo("secrets")).toEqual({
      code: 1,
      stdout:
        "secrets/b.yml:1:1: duplicate-key: prod/A is in secrets/a.yaml:1 already\n" +
        "secrets/b.yml:2:8: plain-value: value is not sealed; 'oo secret seal' does that\n",
      stderr: "",
    });
    expect(await oo("--allow-plain", "--allow", "duplicate-key", "secrets")).toMatchObject({ code: 0, stdout: "" });
    expect((await oo("secrets/b.yml", "secrets/a.yaml", "--tenant", "other")).stdout).toMatch(
      /^secrets\/b\.yml:2:8: plain-value.*\nsecrets\/a\.yaml:1:1: duplicate-key.*\nsecrets\/a\.yaml:2:8: sealed-tenant/,
    );
  });

  test("JSON", async () => {
    writeFileSync(join(folder, "json.yaml"), "key: A\nvalue: sk_live\n");
    const { code, stdout } = await oo("json.yaml", "-o", "json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual([
      {
        file: "json.yaml",
        line: 2,
        column: 8,
        rule: "plain-value",
        message: "value is not sealed; 'oo secret seal' does that",
      },
    ]);
    expect(JSON.parse((await oo("json.yaml", "--allow-plain", "-o", "json")).stdout)).toEqual([]);
  });

  test("threat 75: links are left out, and a file that cannot be read fails", async () => {
    mkdirSync(join(folder, "links"));
    symlinkSync("/etc/passwd", join(folder, "links", "passwd.yaml"));
    expect(await oo("links")).toMatchObject({ code: 1, stdout: "" });
    expect((await oo("none.yaml")).stderr).toMatch(/^oo: error: there is no file none.yaml\n/);
  });

  test("wrong usage", async () => {
    for (const args of [[], ["--allow", "all", "."], ["--tenant", "A", "."], ["-o", "xml", "."], ["-n", "a//b", "."]]) {
      expect(await oo(...args), args.join(" ")).toMatchObject({ code: 2, stdout: "" });
    }
    expect((await oo("--allow", "all", ".")).stderr).toContain(fileRules.join(", "));
    expect((await oo("--sealing-key", "sealing-key.json", "--tenant", "other", ".")).stderr).toContain(
      "--tenant is other, but sealing-key.json is for the tenant acme",
    );
  });
});
