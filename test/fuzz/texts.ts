import fc from "fast-check";
import { readDotenv } from "../../src/cli/formats/dotenv-file.ts";
import { FileError } from "../../src/cli/formats/file-error.ts";
import { readEntries, readSecretFile } from "../../src/cli/formats/secret-file.ts";
import { CliError } from "../../src/cli/frame/errors.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { parseSealed, SealedTextError, sealedPrefix } from "../../src/crypto/sealed-text.ts";
import { SecretError } from "../../src/error.ts";
import { createPageToken, readPageToken } from "../../src/rules/page-token.ts";
import { damagedText } from "./bytes.ts";
import { defineTarget, each, onlyThrows } from "./target.ts";

const parts = (...all: readonly string[]) => fc.constantFrom(...all);
const anyText = fc.string({ unit: "binary", maxLength: 4 });

/** Texts put together from what a format is made of. */
function madeOf(pieces: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> {
  const piece = fc.oneof({ weight: 5, arbitrary: pieces }, { weight: 1, arbitrary: anyText });
  return fc.array(piece, { maxLength }).map((found) => found.join(""));
}

const sampleFile = `# production
- key: prod/A   # comment
  value: "sk_live\\n\\u00e9"
  readers: [api, worker-1]
  metadata: {expires: 2027-12-31, "a b": ''}
- id: secr_b
  value: |
    sk_live
      indented

  encrypted: false
  deleters:
    - ops
  ifVersion: 3
---
{"key": "C", "value": "sk_live", "metadata": {"x": "1"}}
`;
const yamlPieces = parts(
  ..."- |: |? |[|]|{|}|,|, |'|\"|> |>-|# |#|&a |*a|!!str |!x |<<: |---\n|...\n|%YAML 1.2\n|\\x41|\\u0000|\\|~".split(
    "|",
  ),
  ...["|", "|-\n", "|2\n", "\n", "\r\n", "\r", "\n  ", "\n    ", "\t", " ", "\ufeff", "\u0085", "\u2028", "\0"],
  ...[
    "key: A\n",
    "value: v\n",
    "readers: [a]\n",
    "metadata: {a: b}\n",
    "ifVersion: 1\n",
    "encrypted: true\n",
    "id: x\n",
  ],
);

const yaml = defineTarget({
  name: "yaml",
  share: 8,
  atOnce: 32,
  input: fc.oneof(madeOf(yamlPieces, 40), damagedText(fc.constant(sampleFile))),
  check: each((text) => {
    readEntries("f.yaml", text);
    onlyThrows([FileError], () => readSecretFile("f.yaml", text));
  }),
});

const sampleEnv = "# db\nexport DB_URL='postgres://a:b@c/d'\nA=\"x\\ny\\$z\" # end\nB = bare # comment\n\nC=\n";
const envPieces = parts(
  ...[
    "A=",
    "B =",
    "export ",
    "'",
    '"',
    "\\",
    "\\n",
    "$",
    "$" + "{X}",
    "$(x)",
    "`",
    "#",
    " #",
    "=",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
  ],
  ...["\ufeff", "\0", "\u2028", "é", "😀", "\ud800"],
);

const dotenv = defineTarget({
  name: "dotenv",
  share: 16,
  atOnce: 32,
  input: fc.oneof(madeOf(envPieces, 40), damagedText(fc.constant(sampleEnv))),
  check: each((text) => onlyThrows([CliError], () => readDotenv(".env", text))),
});

const base64 = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString("base64url"));
const sealedSample = `${sealedPrefix}${"a".repeat(16)}.${Buffer.from("header").toString("base64url")}.${"A".repeat(1600)}`;
const sealedMade = fc
  .tuple(fc.stringMatching(/^[0-9a-fg]{15,17}$/), base64(60), base64(1500))
  .map(([kid, header, body]) => `${sealedPrefix}${kid}.${header}.${body}`);

const sealed = defineTarget({
  name: "sealed-text",
  share: 15,
  atOnce: 32,
  input: fc.oneof(sealedMade, damagedText(fc.oneof(sealedMade, fc.constant(sealedSample))), anyText),
  check: each((text) => onlyThrows([SealedTextError], () => parseSealed(text))),
});

const keyring = createKeyring(Buffer.alloc(32, 7), []);
const binding = ["default", "alice", "listSecrets"];
const good = createPageToken(keyring, binding, "alice/A");

const pageToken = defineTarget({
  name: "page-token",
  share: 15,
  atOnce: 32,
  input: fc.oneof(damagedText(fc.constant(good)), base64(200), anyText),
  check: each((text) => {
    if (text === "" || text === good) return;
    let position: string | undefined;
    onlyThrows([SecretError], () => {
      position = readPageToken(keyring, binding, text);
    });
    if (position !== undefined) throw new Error("a token that was never made was accepted");
  }),
});

export const textTargets = [yaml, dotenv, sealed, pageToken];
