import { spawnSync } from "node:child_process";
import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SecretSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { toScalar, toSecretYaml } from "../../src/cli/files/secret-yaml.ts";
import { readSecretFile } from "../../src/cli/formats/secret-file.ts";
import { checkRandom, sampleRandom } from "../support/random-draws.ts";

const difficult = [
  ..."~ null Null yes No on off y n true FALSE 0 0123 1e3 0x1F .inf .nan 12:30:45 2024-12-31 << = - -- --- ...".split(
    " ",
  ),
  ..."# a: ,a [ ] {} & * ! | > ' \" % @ ` ? : \\ \\n $(x) a#b a:b".split(" "),
  ...[
    "a #b",
    "a: b",
    "  lead",
    "trail  ",
    " ",
    "\n",
    "a\nb\n",
    "\ta",
    "a\r\nb",
    "\0",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\xa0",
  ],
  ...[
    "\u2028",
    "\u2029",
    "\ufeff",
    "\ufeffa",
    "\ufffe",
    "\u200d",
    "\u202e",
    "é",
    "e\u0301",
    "\u0301",
    "漢",
    "😀",
    "\u{10ffff}",
  ],
];
const text = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
  fc.constantFrom(...difficult),
  fc.array(fc.constantFrom(...difficult), { minLength: 1, maxLength: 8 }).map((parts) => parts.join("")),
);
const slug = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}$/);
const list = fc.array(slug, { maxLength: 3 });
const secret = fc
  .record({
    id: fc.stringMatching(/^secr_[A-Za-z0-9_]{1,20}$/),
    key: fc.stringMatching(/^[A-Za-z0-9_.+=@-]{3,10}(\/[A-Za-z0-9_.+=@-]{3,10}){0,3}$/),
    value: text,
    readers: list,
    writers: list,
    deleters: list,
    canChangeReaders: list,
    canChangeWriters: list,
    canChangeDeleters: list,
    metadata: fc.dictionary(text, text, { maxKeys: 3 }),
    owner: slug,
  })
  .map((fields) => create(SecretSchema, fields));

describe("what list --show prints is what save reads", () => {
  test("threat 30: write, then read, is the identity for any secret", () => {
    checkRandom(
      fc.property(fc.array(secret, { maxLength: 4 }), (secrets) => {
        const inputs = readSecretFile("f.yaml", toSecretYaml(secrets, true)).map(({ input }) => input);
        expect(inputs).toHaveLength(secrets.length);
        for (const [i, input] of inputs.entries()) {
          const { clear = [], ...set } = input;
          const emptied = Object.fromEntries(clear.map((name) => [name, name === "metadata" ? {} : []]));
          expect(create(SecretSchema, { ...set, ...emptied })).toEqual(secrets[i]);
        }
      }),
      500,
      40,
    );
  });

  test("threat 30: a value of 64 KiB", () => {
    const value = `${"\n\u0001\"'#: é😀".repeat(5041)}xyz`;
    const [read] = readSecretFile(
      "f.yaml",
      toSecretYaml([create(SecretSchema, { id: "secr_a", key: "A", value })], true),
    );
    expect(read?.input.value).toBe(value);
  });

  const hasPyYaml = spawnSync("python3", ["-c", "import yaml"]).status === 0;
  test.runIf(hasPyYaml)("threat 72: YAML 1.1 reads the same texts, all of them as texts", () => {
    const texts = [...sampleRandom(text, 300), ...difficult];
    const yaml = texts.map((each) => `- [${toScalar(each)}]\n- {${toScalar(each)}: ${toScalar(each)}}\n`).join("");
    const script = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin.buffer.read().decode()), sys.stdout)";
    const { stdout, stderr } = spawnSync("python3", ["-c", script], { input: yaml, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual(texts.flatMap((each) => [[each], Object.fromEntries([[each, each]])]));
  });
});

describe("form", () => {
  test("each entry starts with its id, and lists are on one line", () => {
    const one = create(SecretSchema, { id: "secr_a", key: "app/K", value: "a b", readers: ["x", "1"], owner: "app" });
    expect(toSecretYaml([one], true)).toBe(
      `- id: secr_a
  key: app/K
  value: "a b"
  readers: [x, "1"]
  writers: []
  deleters: []
  canChangeReaders: []
  canChangeWriters: []
  canChangeDeleters: []
  metadata: {}
  owner: app
`,
    );
    expect(toSecretYaml([one], false)).not.toContain("a b");
    expect(toSecretYaml([], true)).toBe("[]\n");
  });

  test("metadata is in the order in which the service has it, that of the bytes", () => {
    const one = create(SecretSchema, { key: "K", metadata: { "\u{1f600}": "second", "\uffee": "first" } });
    expect(toSecretYaml([one], false)).toMatch(/first[\s\S]*second/);
  });

  test("threat 77: nothing that a terminal acts on is printed as it is", () => {
    expect(toScalar("\x1b]0;x\x07\u202e\u0085")).toBe('"\\x1B]0;x\\x07\\u202E\\x85"');
  });
});
