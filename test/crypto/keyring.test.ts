import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createKeyring, KeyringError, keyringKey, keyringOf } from "../../src/crypto/keyring.ts";

const keyA = Buffer.alloc(32, "A");
const keyB = Buffer.alloc(32, "B");

describe("keyring", () => {
  test("names each key by the start of its check", () => {
    const { active } = createKeyring(keyA, []);
    const check = createHmac("sha256", keyA).update("secret-svc/kid").digest();
    expect(active.check).toEqual(check);
    expect(active.kid).toBe(check.subarray(0, 8).toString("hex"));
    expect(active.kid).toMatch(/^[0-9a-f]{16}$/);
  });

  test("finds active and previous keys and no other", () => {
    const keyring = createKeyring(keyA, [keyB]);
    expect(keyring.keys).toHaveLength(2);
    expect(keyring.keys[0]).toBe(keyring.active);
    for (const key of keyring.keys) expect(keyring.get(key.kid)).toBe(key);
    for (const kid of ["", "__proto__", keyring.active.kid.toUpperCase(), "0".repeat(16)]) {
      expect(keyring.get(kid)).toBeUndefined();
    }
  });

  test("threat 107: the same key twice is refused", () => {
    expect(() => createKeyring(keyA, [keyA])).toThrow(KeyringError);
    expect(() => createKeyring(keyA, [keyB, keyB])).toThrow(/is given twice/);
  });

  test("threat 107: two keys with the same kid are refused", () => {
    const a = keyringKey(keyA);
    const b = { ...keyringKey(keyB), kid: a.kid };
    expect(() => keyringOf(a, [b])).toThrow(KeyringError);
    expect(() => keyringOf(a, [b])).toThrow(/has the same kid as another key/);
  });

  test("threat 107: a truncated key is refused", () => {
    for (const size of [0, 16, 31, 33]) {
      expect(() => createKeyring(Buffer.alloc(size), [])).toThrow(KeyringError);
      expect(() => createKeyring(keyA, [Buffer.alloc(size)])).toThrow(`got ${size}`);
    }
  });

  test("the given bytes are copied", () => {
    const raw = Buffer.from(keyA);
    const { active } = createKeyring(raw, []);
    raw.fill(0);
    expect(active.secret.export()).toEqual(keyA);
  });

  test("threats 79, 87: no key is printed by inspect, JSON or string conversion", () => {
    const keyring = createKeyring(keyA, [keyB]);
    const printed = [
      inspect(keyring, { depth: 20, showHidden: true, getters: true }),
      inspect(keyring.active, { depth: 20, showHidden: true, getters: true }),
      JSON.stringify(keyring),
      `${keyring.active.secret}`,
    ].join("\n");
    for (const raw of [keyA, keyB]) {
      for (const form of [raw.toString("latin1"), raw.toString("hex"), raw.toString("base64"), [...raw].join(",")]) {
        expect(printed).not.toContain(form);
      }
      expect(printed.replaceAll(/\s/g, "")).not.toContain(raw.toString("hex"));
    }
    expect(JSON.parse(JSON.stringify(keyring.active.secret))).toEqual({});
  });
});
