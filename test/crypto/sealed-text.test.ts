import { describe, expect, test } from "vitest";
import {
  describePlace,
  encodePlace,
  formatSealed,
  looksSealed,
  parseSealed,
  type SealedPlace,
  SealedTextError,
  samePlace,
  sealedCharsOf,
  sealedTextCharsMax,
} from "../../src/crypto/sealed-text.ts";

const kid = "0123456789abcdef";
const place: SealedPlace = { tenant: "default", scope: "key", target: "prod/API_KEY" };
/** Sizes of the format, as docs/encryption-format.md has them. */
const [encapsulated, tag, largestValue] = [1120, 16, 65_536];
const body = (valueBytes: number) => new Uint8Array(encapsulated + valueBytes + tag);
const field = (text: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
};
const withHeader = (...parts: Uint8Array[]) => formatSealed(kid, Buffer.concat(parts), body(1));
const problemOf = (text: string) => {
  try {
    parseSealed(text);
  } catch (error) {
    if (error instanceof SealedTextError) return error.message;
    throw error;
  }
  return "none";
};

describe("the size of a sealed text", () => {
  test.each([1, 2, 3, 4, 1000, largestValue])("of a value of %i bytes is known before it is sealed", (valueBytes) => {
    for (const target of ["A", "prod/A", "prod/API_KEY", "k".repeat(255)]) {
      const where = { ...place, target };
      for (const isBytes of [false, true]) {
        const sealed = formatSealed(kid, encodePlace(where, isBytes), body(valueBytes));
        expect(sealedCharsOf(where, valueBytes, isBytes)).toBe(sealed.length);
      }
    }
  });

  test("is at most that of the contract", () => {
    expect(sealedTextCharsMax).toBe(89_384);
    expect(problemOf(`seal.v1.${kid}.`.padEnd(sealedTextCharsMax, "A"))).not.toContain("is longer than");
    expect(problemOf(`seal.v1.${kid}.`.padEnd(sealedTextCharsMax + 1, "A"))).toContain("longer than 89384 characters");
  });

  test("of a value is from 1 to 65,536 bytes", () => {
    const text = (valueBytes: number) => formatSealed(kid, encodePlace(place), body(valueBytes));
    expect(problemOf(text(0))).toContain("is cut short");
    for (const good of [1, largestValue]) {
      const parsed = parseSealed(text(good));
      expect(parsed).toMatchObject({ kid, place });
      expect([parsed.encapsulatedKey.length, parsed.ciphertext.length]).toEqual([encapsulated, good + tag]);
    }
    expect(problemOf(text(largestValue + 1))).toContain("holds more than 65536 bytes");
  });
});

describe("threat 111: the header of a sealed text", () => {
  const [scope, tenant, target] = [field("key"), field("default"), field("a/B")];
  test.each<[string, string, readonly Uint8Array[]]>([
    ["in order", "none", [scope, tenant, target]],
    ["without a target", "is malformed", [scope, tenant]],
    ["with a fourth field", "is malformed", [scope, tenant, target, field("x")]],
    ["with bytes after it", "is malformed", [scope, tenant, target, Buffer.alloc(3)]],
    ["cut in a field", "is malformed", [scope, tenant, target.subarray(0, -1)]],
    ["cut in a length", "is malformed", [scope, tenant, target.subarray(0, 3)]],
    ["with another scope", "unknown scope", [field("keys"), tenant, target]],
    ["of no tenant", "does not name a tenant", [scope, field(""), target]],
    ["of a tenant in upper case", "does not name a tenant", [scope, field("Default"), target]],
    ["of no key", "does not name a tenant", [scope, tenant, field("")]],
    ["of a key with a space", "does not name a tenant", [scope, tenant, field("a b")]],
  ])("%s: %s", (_name, problem, parts) => {
    const found = problemOf(withHeader(...parts));
    if (problem === "none") expect(found).toBe("none");
    else expect(found).toMatch(new RegExp(`^is not a valid sealed value: its header.*${problem}`));
  });

  test.each<[number, Partial<SealedPlace>, Partial<SealedPlace>]>([
    [64, { tenant: "t".repeat(64) }, { tenant: "t".repeat(65) }],
    [255, { target: "k".repeat(255) }, { target: "k".repeat(256) }],
    [64, { scope: "principal", target: "p".repeat(64) }, { scope: "principal", target: "p".repeat(65) }],
  ])("has names of %i characters at most", (_length, longest, longer) => {
    expect(encodePlace({ ...place, ...longest }).length).toBeGreaterThan(64);
    expect(() => encodePlace({ ...place, ...longer })).toThrow(RangeError);
  });
});

test("places are the same only when all of their parts are", () => {
  expect(samePlace(place, { ...place })).toBe(true);
  for (const other of [{ tenant: "other" }, { scope: "principal" }, { target: "prod/B" }] as const) {
    expect(samePlace(place, { ...place, ...other })).toBe(false);
  }
});

test("a place is named with its tenant, a principal as one", () => {
  expect(describePlace(place)).toBe("prod/API_KEY of the tenant default");
  expect(describePlace({ ...place, scope: "principal", target: "ci" })).toBe("the principal ci of the tenant default");
});

test("a text of another version is said to be one", () => {
  expect(["seal.v2.x", "seal.", "sealed", ""].map(looksSealed)).toEqual([true, true, false, false]);
  expect(problemOf("seal.v2.x")).toMatch(/^is sealed in an unknown format/);
  expect(problemOf("plain")).toMatch(/^is not a sealed value;/);
  expect(problemOf(`seal.v1.${kid}.AAAA`)).toContain("does not have the form");
  expect(problemOf(`seal.v1.${kid}.AAAA.AAAA.AAAA`)).toContain("does not have the form");
  expect(problemOf(`seal.v1.${kid.toUpperCase()}.AAAA.AAAA`)).toContain("its kid is not");
});
