import { describe, expect, test } from "vitest";
import { keyringKey } from "../../src/crypto/keyring.ts";
import {
  describePlace,
  formatSealed,
  looksSealed,
  parseSealed,
  type SealedPlace,
  SealedTextError,
  samePlace,
  sealedTextCharsMax,
} from "../../src/crypto/sealed-text.ts";
import { openSealed, sealValue } from "../../src/crypto/sealed-value.ts";
import { deriveSealingKeyPair, importSealingSeed } from "../../src/crypto/sealing-key.ts";
import { formatSealingKeyFile, parseSealingKeyFile, SealingKeyFileError } from "../../src/crypto/sealing-key-file.ts";
import { randomRuns } from "../support/random-draws.ts";

const pair = await deriveSealingKeyPair(keyringKey(Buffer.alloc(32, 7)));
const privateKey = await importSealingSeed(pair.kid, pair.seed);
const place: SealedPlace = { tenant: "default", scope: "key", target: "prod/API_KEY" };

const seal = (value: string, where = place) => sealValue(pair, where, value);
const open = (text: string) => openSealed(privateKey, parseSealed(text));

describe("sealing", () => {
  test.each([["x"], ["line\nbreak\r\n"], ["é\u{1f511}"], ["a".repeat(64 * 1024)]])(
    "opens what was sealed",
    async (value) => {
      expect(await open(await seal(value))).toBe(value);
    },
  );

  test("two seals of one value differ, and the header is readable without a key", async () => {
    const [one, two] = [await seal("v"), await seal("v")];
    expect(one).not.toBe(two);
    expect(parseSealed(one)).toMatchObject({ kid: pair.kid, place });
    expect(describePlace(parseSealed(one).place)).toBe("prod/API_KEY of the tenant default");
  });

  test("the longest value for the longest place fits the limit of texts", async () => {
    const where = { tenant: "t".repeat(64), scope: "key", target: "k".repeat(255) } as const;
    const text = await seal("a".repeat(64 * 1024), where);
    expect(text.length).toBeLessThanOrEqual(sealedTextCharsMax);
    expect(samePlace(parseSealed(text).place, where)).toBe(true);
    expect(await open(text)).toHaveLength(64 * 1024);
  });

  test.each([
    ["an empty value", "", /must not be empty/],
    ["a value over 64 KiB", "a".repeat(64 * 1024 + 1), /at most 65536 bytes, got 65537/],
    ["a lone surrogate", "\ud800", /lone surrogates/],
  ])("refuses %s", async (_, value, message) => {
    await expect(seal(value)).rejects.toThrow(message);
  });

  test("refuses a malformed public key, and a place that no header holds", async () => {
    await expect(sealValue({ kid: pair.kid, publicKey: pair.publicKey.subarray(1) }, place, "v")).rejects.toThrow(
      RangeError,
    );
    await expect(sealValue({ kid: pair.kid, publicKey: new Uint8Array(1216).fill(255) }, place, "v")).rejects.toThrow(
      RangeError,
    );
    await expect(seal("v", { ...place, target: "a\nb" })).rejects.toThrow(RangeError);
    await expect(seal("v", { ...place, tenant: "" })).rejects.toThrow(RangeError);
  });

  test("one keyring key always has the same pair, another key another", async () => {
    const again = await deriveSealingKeyPair(keyringKey(Buffer.alloc(32, 7)));
    expect(again.publicKey).toEqual(pair.publicKey);
    const other = await deriveSealingKeyPair(keyringKey(Buffer.alloc(32, 8)));
    expect(other.publicKey).not.toEqual(pair.publicKey);
    expect(other.seed).not.toEqual(pair.seed);
  });
});

describe("threat 111: what is not exactly a sealed value is refused", () => {
  const forms: readonly (readonly [name: string, change: (text: string) => string])[] = [
    ["plain text", () => "encrypted-value-here"],
    ["another version", (text) => text.replace("seal.v1", "seal.v2")],
    ["upper case in the kid", (text) => text.replace(pair.kid, pair.kid.toUpperCase().replace(/^\d/, "A"))],
    ["a short kid", (text) => text.replace(pair.kid, pair.kid.slice(1))],
    ["one part more", (text) => `${text}.AAAA`],
    ["one part less", (text) => text.slice(0, text.lastIndexOf("."))],
    ["a line break at the end", (text) => `${text}\n`],
    ["white space before", (text) => ` ${text}`],
    ["padding", (text) => `${text}=`],
    ["the other alphabet", (text) => `${text.slice(0, -8)}+/+/${text.slice(-4)}`],
    ["junk that Node's decoder skips", (text) => `${text.slice(0, -4)}!!!!${text.slice(-4)}`],
    ["extended by four characters", (text) => `${text}AAAA`],
    ["cut short by four characters", (text) => text.slice(0, -4)],
    ["cut to the encapsulated key", (text) => text.slice(0, text.lastIndexOf(".") + 1 + 1494)],
    ["a text over the limit", (text) => text + "A".repeat(sealedTextCharsMax)],
  ];
  test.each(forms)("%s", async (_, change) => {
    const text = await seal("value");
    expect(change(text)).not.toBe(text);
    await expect((async () => open(change(text)))()).rejects.toThrow(SealedTextError);
  });

  test("unused bits of the last character", async () => {
    // One byte more than a multiple of three leaves four bits unused.
    const text = await seal("value");
    const last = text.slice(-1);
    const others = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].filter((c) => c !== last);
    for (const other of others) {
      await expect((async () => open(text.slice(0, -1) + other))()).rejects.toThrow(SealedTextError);
    }
  });

  test("any one bit flipped, in the header and in the body", async () => {
    const { header, encapsulatedKey, ciphertext } = parseSealed(await seal("v"));
    const body = Buffer.concat([encapsulatedKey, ciphertext]);
    for (let bit = 0; bit < header.length * 8; bit += 1) {
      const text = formatSealed(pair.kid, flipped(header, bit), body);
      await expect((async () => open(text))()).rejects.toThrow(SealedTextError);
    }
    // The key is opened as a whole, which takes a millisecond: one bit of each byte of it, and all with `test:random`.
    const bits = [0, 1, 2, 3, 4, 5, 6, 7];
    const isEveryBit = randomRuns(1) > 1;
    for (let byte = 0; byte < body.length; byte += 1) {
      const chosen = isEveryBit || byte >= encapsulatedKey.length ? bits : [byte % 8];
      const texts = chosen.map((bit) => formatSealed(pair.kid, header, flipped(body, byte * 8 + bit)));
      await Promise.all(texts.map((text) => expect(open(text)).rejects.toThrow(SealedTextError)));
    }
  });

  test("a header of another place, and a kid of another key", async () => {
    const text = await seal("v");
    const { header, encapsulatedKey, ciphertext } = parseSealed(text);
    const body = Buffer.concat([encapsulatedKey, ciphertext]);
    const moved = parseSealed(await seal("v", { ...place, target: "prod/OTHER" })).header;
    await expect(open(formatSealed(pair.kid, moved, body))).rejects.toThrow(SealedTextError);
    const renamed = { kid: "0".repeat(16), privateKey: privateKey.privateKey };
    const other = formatSealed(renamed.kid, header, body);
    await expect(openSealed(renamed, parseSealed(other))).rejects.toThrow(SealedTextError);
    await expect(openSealed(privateKey, parseSealed(other))).rejects.toThrow(RangeError);
  });

  test("errors quote nothing of what was given", async () => {
    for (const text of ["hunter2", "seal.hunter2", "seal.v1.hunter2", `seal.v1.${pair.kid}.hunter2.hunter2`]) {
      await expect((async () => open(text))()).rejects.not.toThrow(/hunter2/);
    }
    expect(() => parseSealed("encrypted-value-here")).toThrow(
      /is not a sealed value; a sealed value looks like seal\.v1\./,
    );
  });
});

test("looksSealed also knows later versions", () => {
  expect(["seal.v1.", "seal.v2.x", "sealed", "xseal.v1."].map(looksSealed)).toEqual([true, true, false, false]);
});

describe("sealing-key files", () => {
  const file = { kid: pair.kid, publicKey: Buffer.from(pair.publicKey), tenant: "default" };

  test("are read back as they were written", () => {
    expect(parseSealingKeyFile(formatSealingKeyFile(file))).toEqual(file);
    const anyTenant = { ...file, tenant: undefined };
    expect(parseSealingKeyFile(formatSealingKeyFile(anyTenant))).toEqual(anyTenant);
  });

  test.each([
    ["no JSON", () => "hunter2", /is not a sealing key/],
    ["a list", () => "[]", /is not a sealing key/],
    ["an unknown field", (text: string) => text.replace('"tenant"', '"tenants"'), /unknown field; the fields are kid/],
    ["another suite", (text: string) => text.replace("X25519", "P256"), /suite other than/],
    ["a malformed kid", (text: string) => text.replace(pair.kid, "hunter2"), /kid/],
    ["a short key", (text: string) => text.replace(/"publicKey": "..../, '"publicKey": "'), /1216 bytes/],
    ["a malformed tenant", (text: string) => text.replace('"default"', '"De fault"'), /tenant/],
  ])("with %s are refused", (_, change, message) => {
    const text = change(formatSealingKeyFile(file));
    expect(() => parseSealingKeyFile(text)).toThrow(message);
    expect(() => parseSealingKeyFile(text)).toThrow(SealingKeyFileError);
    expect(() => parseSealingKeyFile(text)).not.toThrow(/hunter2/);
  });
});

function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}
