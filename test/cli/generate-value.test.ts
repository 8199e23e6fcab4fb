import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { defaults, generateValue } from "../../src/cli/files/generate-value.ts";

const generated = async (...args: Parameters<typeof generateValue>) => (await generateValue(...args)).value;

test("without a choice is 32 letters and digits, each time others", async () => {
  const [one, two] = [await generated({}), await generated({})];
  expect(one).toMatch(/^[a-zA-Z0-9]{32}$/);
  expect(one).not.toBe(two);
  expect(defaults).toEqual({ length: 32, words: 6, rsa: 3072 });
});

test.each([
  ["alnum", /^[a-zA-Z0-9]+$/],
  ["letters", /^[a-zA-Z]+$/],
  ["lower", /^[a-z0-9]+$/],
  ["digits", /^[0-9]+$/],
  ["hex", /^[0-9a-f]+$/],
  ["base64url", /^[a-zA-Z0-9_-]+$/],
  ["symbols", /^[a-zA-Z0-9_.~+^-]+$/],
  ["abcab", /^[abc]+$/],
])("of the alphabet %s has all of its characters, and no others", async (alphabet, form) => {
  const value = await generated({ alphabet, length: 4000 });
  expect(value).toHaveLength(4000);
  expect(value).toMatch(form);
  const all = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter((each) => form.test(each));
  expect([...new Set(value)].sort()).toEqual(all.sort());
});

test("of words has words that can be read out", async () => {
  const value = await generated({ words: 100 });
  expect(value.split("-")).toHaveLength(100);
  expect(value).toMatch(/^([bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]-?)+$/);
  const at = (place: number) => [...new Set(value.split("-").map((word) => word[place]))].length;
  for (const consonant of [0, 2, 4]) expect(at(consonant)).toBeGreaterThan(8);
  for (const vowel of [1, 3]) expect(at(vowel)).toBe(4);
});

test("is a UUID, or a pair of keys", async () => {
  expect(await generated({ uuid: true })).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  for (const options of [{ ed25519: true }, { rsa: 2048 }]) {
    const { value, publicKey } = await generateValue(options);
    const key = createPrivateKey(value);
    expect(key.asymmetricKeyType).toBe("rsa" in options ? "rsa" : "ed25519");
    expect(createPublicKey(key).export({ type: "spki", format: "pem" })).toBe(publicKey);
    if ("rsa" in options) expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
  }
});

describe("what would be easy to guess, or cannot be, is refused", () => {
  test.each<[string, Parameters<typeof generateValue>[0], string]>([
    ["short text", { length: 10 }, "--length gives 59 bits, and a value must have at least 64"],
    ["a small alphabet", { length: 63, alphabet: "ab" }, "--length gives 63 bits"],
    ["few words", { words: 3 }, "--words gives 48 bits"],
    ["many words", { words: 101 }, "--words must be at most 100"],
    ["long text", { length: 65_537 }, "--length must be at most 65536"],
    ["one character", { alphabet: "aaaa", length: 1000 }, "at least two different characters"],
    ["another size of RSA", { rsa: 1024 }, "--rsa must be one of 2048, 3072, 4096"],
    ["two kinds", { words: 6, uuid: true }, "exclude each other"],
    ["text and a pair", { length: 20, ed25519: true }, "exclude each other"],
    ["an alphabet and a pair", { alphabet: "hex", rsa: 2048 }, "exclude each other"],
  ])("%s", async (_what, options, message) => {
    await expect(generateValue(options)).rejects.toThrow(message);
  });

  test("and nothing else", async () => {
    expect(await generated({ length: 11 })).toHaveLength(11);
    expect(await generated({ length: 64, alphabet: "ab" })).toHaveLength(64);
    expect(await generated({ length: 65_536 })).toHaveLength(65_536);
    expect((await generated({ words: 4 })).split("-")).toHaveLength(4);
    expect(await generated({ length: 32, alphabet: "hex", uuid: false, ed25519: false })).toHaveLength(32);
  });
});
