import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import { ConfigError } from "../../src/config/config-error.ts";
import {
  defaultKey,
  type Environment,
  errorOf,
  fileWith,
  folder,
  keyA,
  keyB,
  kidOf,
  rawA,
  rawB,
  read,
} from "../support/config/fixture.ts";
import { noFlags } from "../support/no-flags.ts";

const token = `oo_${"t".repeat(43)}`;

describe("encryption keys", () => {
  test.each([
    ["base64", keyA, rawA],
    ["hex", rawA.toString("hex"), rawA],
    ["characters", defaultKey, Buffer.from(defaultKey)],
  ])("threat 28: as %s", (form, text, raw) => {
    for (const environment of [{ OB_ENCRYPTION_KEY: text }, { OB_ENCRYPTION_KEY_FILE: fileWith(`${text}\n`) }]) {
      const { keys } = read(environment as Environment);
      expect(keys?.keyring.active.kid).toBe(kidOf(raw));
      expect(keys?.activeForm).toBe(form);
      expect(keys?.activeIsDefault).toBe(text === defaultKey);
    }
  });

  test("a file may end in CRLF, and only one line break is taken off", () => {
    const environment = { OB_ENCRYPTION_KEY_FILE: fileWith(`${keyA}\r\n`) };
    expect(read(environment).keys?.keyring.active.kid).toBe(kidOf(rawA));
    expect(errorOf({ OB_ENCRYPTION_KEY_FILE: fileWith(`${keyA}\n\n`) })).toMatch(/line break at the end/);
  });

  test.each([
    ["a truncated key", keyA.slice(0, -1), /43 characters/],
    ["a key of 16 bytes", Buffer.alloc(16, 1).toString("base64"), /24 characters/],
    ["one character too many", `${keyA}A`, /45 characters/],
    ["a key in the URL-safe alphabet", `${"-_".repeat(21)}A=`, /URL-safe/],
    ["nothing", "", /nothing/],
    ["white space", `${keyA} `, /white space/],
    ["half a key in hex", rawA.toString("hex").slice(1), /63 characters, all hex/],
    ["33 characters", `${defaultKey}x`, /33 characters/],
  ])("threats 28, 107: %s is refused by its shape, without being quoted", (_name, text, shape) => {
    for (const environment of [{ OB_ENCRYPTION_KEY: text }, { OB_ENCRYPTION_KEY_FILE: fileWith(text) }]) {
      const message = errorOf(environment as Environment);
      expect(message).toMatch(/^OB_ENCRYPTION_KEY: an encryption key must be 44 characters of base64/);
      expect(message).toMatch(shape);
      if (text.length > 8) expect(message).not.toContain(text.slice(0, 8));
    }
  });

  test("previous ones follow the active one: by comma, or one a line in a file", () => {
    const kids = [kidOf(rawA), kidOf(rawB), kidOf(Buffer.from(defaultKey))];
    const direct = { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS: `${keyB},${defaultKey}` };
    const file = fileWith(`${keyB}\r\n${defaultKey}\n`);
    for (const environment of [direct, { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS_FILE: file }]) {
      expect(read(environment as Environment).keys?.keyring.keys.map(({ kid }) => kid)).toEqual(kids);
    }
  });

  test.each([
    [{ OB_ENCRYPTION_KEY: keyA }, true],
    [{ OB_PREVIOUS_ENCRYPTION_KEYS: keyB }, true],
    [{ OB_LEGACY_ENCRYPTION_KEY: defaultKey }, true],
    [{ OB_PREVIOUS_ENCRYPTION_KEYS_FILE: fileWith(keyB) }, false],
  ])("that were in the environment are noticed, also former ones", (environment: Environment, found) => {
    const active = "OB_ENCRYPTION_KEY" in environment ? {} : { OB_ENCRYPTION_KEY_FILE: fileWith(keyA) };
    expect(read({ ...active, ...environment }).keyInEnvironment).toBe(found);
  });

  test("in a file a key of characters may have a comma", () => {
    const text = "an old key, of 32 characters: ,,";
    const environment = { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS_FILE: fileWith(`${text}\n`) };
    expect(read(environment).keys?.keyring.keys[1]?.kid).toBe(kidOf(Buffer.from(text)));
  });

  test("a bad previous one is named by its place", () => {
    const environment = { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS: `${keyB},short` };
    expect(errorOf(environment)).toMatch(/^previous encryption key 2: .* got 5 characters/);
  });

  test.each([
    ["active and previous", { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS: rawA.toString("hex") }, rawA],
    ["two previous ones", { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS: `${keyB},${keyB}` }, rawB],
  ])("threat 107: the same key twice is refused by its fingerprint: %s", (_name, environment, raw) => {
    expect(errorOf(environment)).toBe(`the encryption key ${kidOf(raw)} is given twice`);
  });

  test.each(["OB_ENCRYPTION_KEY", "OB_PREVIOUS_ENCRYPTION_KEYS"])("%s and its file exclude each other", (name) => {
    const both = { OB_ENCRYPTION_KEY: keyA, [name]: keyB, [`${name}_FILE`]: fileWith(keyB) };
    expect(errorOf(both)).toBe(`${name} and ${name}_FILE must not both be set`);
  });

  test("previous keys alone are refused, and so is a file that is not there", () => {
    expect(errorOf({ OB_PREVIOUS_ENCRYPTION_KEYS: keyB })).toMatch(/OB_ENCRYPTION_KEY is not/);
    expect(errorOf({ OB_ENCRYPTION_KEY_FILE: join(folder, "none") })).toMatch(/^OB_ENCRYPTION_KEY_FILE: .*ENOENT/);
  });

  test("threat 85: keys are taken out of the environment, also when they are refused", () => {
    for (const key of [keyA, "short"]) {
      const environment: Record<string, string | undefined> = {
        OB_ENCRYPTION_KEY: key,
        OB_PREVIOUS_ENCRYPTION_KEYS: keyB,
        OB_LEGACY_ENCRYPTION_KEY: defaultKey,
        OTHER: "kept",
      };
      try {
        readConfig(environment, noFlags);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
      expect(environment).toEqual({ OTHER: "kept" });
    }
  });
});

describe("OB_ADMIN_TOKEN_FILE", () => {
  test("holds a token", () => {
    expect(read({ OB_ADMIN_TOKEN_FILE: fileWith(`${token}\n`) }).adminToken).toBe(token);
  });

  test.each(["", "oo_short", `${token}x`, ` ${token}`, `${token}\n\n`, token.slice(3)])(
    "with %j is refused without being quoted",
    (text) => {
      const message = errorOf({ OB_ADMIN_TOKEN_FILE: fileWith(text) });
      expect(message).toMatch(/^OB_ADMIN_TOKEN_FILE must hold 'oo_' and 43 characters/);
      expect(message).not.toContain("tttt");
    },
  );

  test("that is not there is refused", () => {
    expect(errorOf({ OB_ADMIN_TOKEN_FILE: join(folder, "none") })).toMatch(/^OB_ADMIN_TOKEN_FILE: .*ENOENT/);
  });
});

describe("OB_LEGACY_ENCRYPTION_KEY", () => {
  test("is the 32 characters of an old installation, from the environment or a file", () => {
    for (const environment of [
      { OB_LEGACY_ENCRYPTION_KEY: defaultKey },
      { OB_LEGACY_ENCRYPTION_KEY_FILE: fileWith(`${defaultKey}\n`) },
    ]) {
      const { legacyKey } = read(environment);
      expect(legacyKey?.export().toString()).toBe(defaultKey);
    }
    expect(read({}).legacyKey).toBeUndefined();
  });

  test.each(["", "short", keyA, `${defaultKey}x`])("threat 28: %j is refused without being quoted", (text) => {
    const message = errorOf({ OB_LEGACY_ENCRYPTION_KEY: text });
    expect(message).toMatch(/^OB_LEGACY_ENCRYPTION_KEY must be the 32 characters/);
    expect(message).toContain(`got ${text.length}`);
    expect(message).not.toContain("short");
  });
});
