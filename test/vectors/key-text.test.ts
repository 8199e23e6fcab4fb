import { expect } from "vitest";
import { isDefaultKey, KeyTextError, type KeyTextForm, parseKeyText } from "../../src/crypto/key-text.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { describeVectors, type Vector } from "../support/vectors/golden.ts";
import { keyCheck } from "../support/vectors/reference.ts";
import { keyA } from "../support/vectors/test-keys.ts";

interface KeyTextVector extends Vector {
  readonly expect: "success" | "key text error";
  readonly text: string;
  readonly form?: KeyTextForm;
  readonly key?: string;
  readonly check?: string;
  readonly kid?: string;
  readonly isDefault?: boolean;
}

const base64 = keyA.toString("base64");

async function success(
  name: string,
  text: string,
  form: KeyTextForm,
  key: Buffer,
  isDefault = false,
): Promise<KeyTextVector> {
  const check = (await keyCheck(key)).toString("hex");
  return { name, expect: "success", text, form, key: key.toString("hex"), check, kid: check.slice(0, 16), isDefault };
}

function failure(name: string, text: string): KeyTextVector {
  return { name, expect: "key text error", text };
}

async function build(): Promise<readonly KeyTextVector[]> {
  const old = "changeMeToSomethingSecureForReal";
  const all = Buffer.from("fb".repeat(32), "hex");
  return [
    await success("base64", base64, "base64", keyA),
    await success("base64 with + and /", all.toString("base64"), "base64", all),
    await success("hex", keyA.toString("hex"), "hex", keyA),
    await success("hex in upper case", keyA.toString("hex").toUpperCase(), "hex", keyA),
    await success("32 characters: the old default", old, "characters", Buffer.from(old), true),
    await success(
      "32 hex digits are 32 characters",
      "0123456789abcdef".repeat(2),
      "characters",
      Buffer.from("0123456789abcdef".repeat(2)),
    ),
    await success(
      "32 characters with spaces and signs",
      " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".slice(0, 32),
      "characters",
      Buffer.from(" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".slice(0, 32)),
    ),
    failure("empty", ""),
    failure("31 characters", old.slice(1)),
    failure("33 characters", `${old}!`),
    failure("32 characters, one of them not ASCII", `${old.slice(1)}é`),
    failure("32 characters, one of them a control character", `${old.slice(1)}\u0001`),
    failure("32 bytes of UTF-8 in 31 characters", `${old.slice(2)}é`),
    failure("base64 with a line break", `${base64}\n`),
    failure("base64 without padding", base64.slice(0, -1)),
    failure("base64 in the URL-safe alphabet", all.toString("base64url").padEnd(44, "=")),
    failure("base64 that is not canonical", `${"A".repeat(42)}B=`),
    failure("base64 of 31 bytes", Buffer.alloc(31, 1).toString("base64")),
    failure("base64 of 33 bytes", Buffer.alloc(33, 1).toString("base64")),
    failure("base64 of 16 bytes", Buffer.alloc(16, 1).toString("base64")),
    failure("base64 with white space inside", `${base64.slice(0, 20)} ${base64.slice(21)}`),
    failure("63 hex digits", keyA.toString("hex").slice(1)),
    failure("66 hex digits", `${keyA.toString("hex")}00`),
    failure("64 characters, one of them not a hex digit", `${keyA.toString("hex").slice(1)}g`),
    failure("hex with 0x", `0x${keyA.toString("hex")}`),
  ];
}

describeVectors<KeyTextVector>(
  "key-text.json",
  "Forms of keyring keys and their fingerprints: docs/encryption-format.md, section 2. key, check and kid are lower-case hex.",
  ["name", "expect", "text", "form", "key", "check", "kid", "isDefault"],
  build,
  (vector) => {
    if (vector.expect === "key text error") {
      expect(() => parseKeyText(vector.text)).toThrow(KeyTextError);
      return;
    }
    expect(vector.expect).toBe("success");
    const { key, form } = parseKeyText(vector.text);
    const { active } = createKeyring(key, []);
    const { text: _text, name: _name, expect: _expect, ...expected } = vector;
    expect({
      form,
      key: key.toString("hex"),
      check: active.check.toString("hex"),
      kid: active.kid,
      isDefault: isDefaultKey(key),
    }).toEqual(expected);
  },
);
