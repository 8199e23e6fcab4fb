import { expect, test } from "vitest";
import { shownStderr } from "../../src/config/shown-stderr.ts";

const hex = "d8c6a1b20f9e3c47d8c6a1b20f9e3c47d8c6a1b20f9e3c47d8c6a1b20f9e3c47";
const key = Buffer.from(hex, "hex").toString("base64");
const pairs = hex.match(/../g) ?? [];
const shown = (text: string, stdout = "") => shownStderr(Buffer.from(text), false, stdout);

test.each([
  ["a key", key],
  ["a key of 32 characters", "changeMeToSomethingSecureForReal"],
  ["32 hex digits", hex.slice(32)],
  ["bytes in a language of programs", pairs.map((pair) => `0x${pair}`).join(", ")],
  ["decimal bytes", `${pairs.map((pair) => Number.parseInt(pair, 16)).join(", ")}`],
  ["bytes of single digits", pairs.map((pair) => Number.parseInt(pair, 16).toString(16)).join(" ")],
])("threat 266: %s is masked", (_name, text) => {
  expect(shown(`got ${text}`)).toBe("got [masked]");
});

test("threat 266: a hex dump is masked with its column of characters, and its short last row", () => {
  const dump = [
    "00000000  63 68 61 6e 67 65 4d 65  54 6f 53 6f 6d 65 74 68  |changeMeToSometh|",
    "00000010  69 6e 67 53 65 63 75 72  65 46 6f 72 52 65 61 6c  |ingSecureForReal|",
    "00000020  0a 41                                             |.A|",
    "00000022: 6368 616e                                ch",
  ];
  expect(shown(`dump:\n${dump.join("\n")}\nend`)).toMatch(/^dump:\\n(\[masked\](\\n)?)+end$/);
});

test.each([
  ["mongodb://app:S3cret@db1/x", "mongodb://[masked]@db1/x"],
  ["mongodb://app:S3/cr@t@db1/x", "mongodb://[masked]@db1/x"],
  ["https://token@host/x and https://host/x", "https://[masked]@host/x and https://host/x"],
])("threat 266: a user and a password are masked in %s", (text, safe) => {
  expect(shown(`cannot reach ${text}`)).toBe(`cannot reach ${safe}`);
});

test("threat 266: a key that is broken over two lines is masked", () => {
  for (const at of [1, 10, 20, 30, 43]) {
    const said = shown(`got ${key.slice(0, at)}\n  ${key.slice(at)} here`);
    expect(said).not.toContain(key.slice(0, 8));
    expect(said).not.toContain(key.slice(-9));
  }
});

test("what is not a secret stays", () => {
  const text =
    "Error: connect ECONNREFUSED 10.0.0.1:8200, at /usr/lib/vault.js:12 (2026-11-30T12:00:00Z)\nretry 3 of 3";
  expect(shown(text)).toBe(text.replace("\n", "\\n"));
});

test("threat 266: what is left of a key at the cut is masked", () => {
  const text = `${key.slice(-20)} ${"a".repeat(8000)} last`;
  expect(shownStderr(Buffer.from(text), true, "")).toBe("[masked] [masked] last");
  expect(shownStderr(Buffer.from(text), false, "")).toBe(`${key.slice(-20)} [masked] last`);
});
