import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { openDocument, type SecretFields } from "../../src/secrets/document.ts";
import { fromHex } from "../support/vectors/golden.ts";
import { keyCheck, traceEnvelope } from "../support/vectors/reference.ts";
import { documentAssociatedData, documentPlaintext } from "../support/vectors/sample-document.ts";

const page = new URL("../../docs/encryption-format.md", import.meta.url);
const [startMark, endMark] = ["<!-- example -->\n", "<!-- /example -->"];
const hexPerLine = 88;

interface DocumentVector {
  readonly name: string;
  readonly keys: readonly string[];
  readonly stored: SecretFields & { readonly kid: string; readonly envelope: string };
  readonly value: string;
}

function vectorOfExample(): DocumentVector {
  const file = JSON.parse(readFileSync(new URL("document.json", import.meta.url), "utf8")) as {
    vectors: DocumentVector[];
  };
  const vector = file.vectors.find(({ name }) => name === "a value");
  if (vector === undefined) throw new Error("the vector of the example is gone");
  return vector;
}

/** The steps from key and fields to the vector's envelope. */
async function steps(vector: DocumentVector): Promise<readonly (readonly [string, Buffer])[]> {
  const key = fromHex(vector.keys[0] ?? "");
  const envelope = fromHex(vector.stored.envelope);
  const salt = envelope.subarray(9, 41);
  const plaintext = documentPlaintext(vector.value, undefined);
  const associatedData = documentAssociatedData(vector.stored);
  const trace = await traceEnvelope({ key, salt, plaintext, associatedData });
  expect(trace.envelope).toEqual(envelope);
  return [
    ["keyring key", key],
    ["check", await keyCheck(key)],
    ["kid", trace.kid],
    ["salt", salt],
    ["info", trace.info],
    ["aes key", trace.aesKey],
    ["nonce", trace.nonce],
    ["commitment", trace.commitment],
    ["plaintext", plaintext],
    ["associated data", associatedData],
    ["ciphertext, tag", trace.sealed],
    ["envelope", envelope],
  ];
}

function print(lines: readonly (readonly [string, Buffer])[]): string {
  const printed = lines.flatMap(([name, bytes]) => {
    const chunks = bytes.toString("hex").match(new RegExp(`.{1,${hexPerLine}}`, "g")) ?? [];
    return chunks.map((chunk, index) => `${(index === 0 ? name : "").padEnd(17)}${chunk}`);
  });
  return `\`\`\`text\n${printed.join("\n")}\n\`\`\`\n`;
}

test("the example in docs/encryption-format.md is that of the vectors", async () => {
  const vector = vectorOfExample();
  const example = print(await steps(vector));
  const text = readFileSync(page, "utf8");
  const [start, end] = [text.indexOf(startMark) + startMark.length, text.indexOf(endMark)];
  if (process.env.UPDATE_GOLDEN === "1") {
    if (process.env.CI !== undefined) expect.unreachable("documentation is never rewritten under CI");
    writeFileSync(page, text.slice(0, start) + example + text.slice(end));
    return;
  }
  expect(text.slice(start, end)).toBe(example);
  const keyring = createKeyring(fromHex(vector.keys[0] ?? ""), []);
  const stored = { ...vector.stored, envelope: fromHex(vector.stored.envelope) };
  expect(openDocument(keyring, stored)).toEqual({ value: vector.value, sealedDigest: undefined });
});

test("the page names every label and field that is authenticated", () => {
  const text = readFileSync(page, "utf8");
  const { kid: _kid, envelope: _envelope, lists, ...fields } = vectorOfExample().stored;
  const labels = ["secret-svc/kid", "secret-svc/rest/v1", "secret-svc/row/v1", "secret-svc/secret/v1"];
  const audit = ["secret-svc/audit/v1", "secret-svc/audit-chain/v1"];
  for (const name of [...labels, ...audit, ...Object.keys(fields), ...Object.keys(lists)]) expect(text).toContain(name);
});
