import fc from "fast-check";
import { FAILSAFE_SCHEMA, loadAll } from "js-yaml";
import { describe, expect, test } from "vitest";
import { toScalar } from "../../src/cli/files/secret-yaml.ts";
import { FileError } from "../../src/cli/formats/file-error.ts";
import { fieldNames, type SecretInput, textNames } from "../../src/cli/formats/secret-fields.ts";
import { readSecretFile } from "../../src/cli/formats/secret-file.ts";
import { accessListNames } from "../../src/text/access-list-names.ts";
import { checkRandom } from "../support/random-draws.ts";

const sample = `# production
- id: secr_a
  key: prod/A   # comment
  value: "sk_live\\n\\u00e9"
  readers: [api, worker-1]
  writers: []
  metadata: {expires: 2027-12-31, "a b": ''}
- key: prod/B
  value: |
    sk_live
      indented

  encrypted: false
  checksum: 'it''s'
  deleters:
    - ops
  ifVersion: 3
---
{"key": "C", "value": "sk_live", "metadata": {"x": "1"}}
`;
const fragments = [
  ..."key: A|value: sk_live|- |-|: |:|, |[|]|{|}|# |#|\"|'| |>|>-|+|2|? |?|---|...|%YAML 1.1|%TAG ! x|&a |*a|!!str |!x |<<: ".split(
    "|",
  ),
  ...[
    "|",
    "|-",
    "\n",
    "\r\n",
    "\r",
    "\n  ",
    "\n    ",
    "\t",
    " ",
    "\ufeff",
    "\u0085",
    "\u2028",
    "\u0000",
    "\ud83d",
    "😀",
  ],
  ...[
    "~",
    "null",
    "true",
    "0123",
    "1e3",
    "\\x41",
    "\\",
    "\\\n",
    "readers:",
    "metadata:",
    "encrypted: true",
    "id: secr_x",
  ],
];
const fragment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...fragments) },
  fc.string({ unit: "binary", maxLength: 3 }),
);

const built = fc.array(fragment, { maxLength: 25 }).map((parts) => parts.join(""));
/** The sample with some places of it replaced. */
const damaged = fc
  .array(fc.tuple(fc.nat(sample.length), fc.nat(4), fragment), { minLength: 1, maxLength: 3 })
  .map((edits) => edits.reduce((text, [at, length, by]) => text.slice(0, at) + by + text.slice(at + length), sample));

/** What an entry says, in the form that a reader of YAML without any schema gives. */
function toPlain({ clear = [], ...input }: SecretInput): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const name of textNames) if (input[name] !== undefined) plain[name] = input[name];
  for (const name of accessListNames) if (input[name] !== undefined) plain[name] = input[name];
  for (const name of clear) plain[name] = name === "metadata" ? {} : [];
  if (input.metadata !== undefined) plain.metadata = input.metadata;
  if (input.encrypted !== undefined) plain.encrypted = String(input.encrypted);
  if (input.ifVersion !== undefined) plain.ifVersion = String(input.ifVersion);
  return plain;
}

function toYaml(entry: Record<string, unknown>): string {
  const scalar = (value: unknown) => toScalar(String(value));
  const lines = fieldNames
    .filter((name) => Object.hasOwn(entry, name))
    .map((name) => {
      const value = entry[name];
      if (Array.isArray(value)) return `${name}: [${value.map(scalar).join(", ")}]`;
      if (typeof value !== "object" || value === null) return `${name}: ${scalar(value)}`;
      const pairs = Object.entries(value).map(([pair, text]) => `${scalar(pair)}: ${scalar(text)}`);
      return `${name}: {${pairs.join(", ")}}`;
    });
  return `- ${lines.join("\n  ")}\n`;
}

function check(text: string): void {
  let inputs: SecretInput[];
  try {
    inputs = readSecretFile("f.yaml", text).map(({ input }) => input);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const lines = text.split(/\r\n|\r|\n/);
    const { line, column } = error.complaint;
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
    expect(error.message).not.toContain("sk_live");
    return;
  }
  const plain = inputs.map(toPlain);
  const documents: unknown[] = loadAll(text, { schema: FAILSAFE_SCHEMA });
  expect(plain).toEqual(documents.filter((document) => document !== "").flat());
  expect(readSecretFile("f.yaml", plain.map(toYaml).join("") || "[]").map(({ input }) => toPlain(input))).toEqual(
    plain,
  );
}

describe("threats 68-72: any text is an error with its place, or read exactly", () => {
  test("the sample", () => {
    check(sample);
    expect(readSecretFile("f.yaml", sample)).toHaveLength(3);
  });

  test("texts put together from what YAML is made of", () => {
    checkRandom(fc.property(built, check), 3_000, 15);
  });

  test("a good file with some places of it replaced", () => {
    checkRandom(fc.property(damaged, check), 3_000, 15);
  });

  test.each([
    [
      "aliases that multiply",
      `a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `k${i}: [${"*a, ".repeat(9)}*a]\n`).join("")}`,
    ],
    ["merge keys that multiply", `<<: [${"{a: b}, ".repeat(10_000)}]\n`],
    ["100,000 open brackets", "[".repeat(100_000)],
    ["100,000 open braces", "{a: ".repeat(100_000)],
    ["100,000 question marks", "? ".repeat(100_000)],
    ["100,000 dashes", "- ".repeat(100_000)],
    ["100,000 quotes", '"'.repeat(100_000)],
    ["a megabyte of line breaks", "\n".repeat(1_000_000)],
    ["100,000 documents", "---\n".repeat(100_000)],
    ["100,000 fields of one name", `key: A\n${"value: x\n".repeat(100_000)}`],
    [
      "100,000 pairs of metadata",
      `key: A\nmetadata:\n${Array.from({ length: 100_000 }, (_, i) => `  k${i}: x\n`).join("")}`,
    ],
  ])("threat 69: %s end soon", (_, text) => {
    try {
      readSecretFile("f.yaml", text);
    } catch (error) {
      expect(error).toBeInstanceOf(FileError);
    }
  });
});
