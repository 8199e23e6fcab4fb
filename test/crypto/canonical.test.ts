import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CanonicalField, encodeCanonical } from "../../src/crypto/canonical.ts";
import { checkRandom } from "../support/random-draws.ts";

const text = fc.string({ unit: fc.constantFrom("", "a", "b", "\0", "é", "\u{1f511}"), maxLength: 4 });

/** Two rows of one random shape: canonical bytes distinguish rows of one label, whose field types are fixed. */
const twoRows = fc
  .array(fc.constantFrom("text", "count", "flag", "bytes", "list"), { maxLength: 5 })
  .chain((shape) => fc.tuple(fc.tuple(...shape.map(fieldOf)), fc.tuple(...shape.map(fieldOf))));

function fieldOf(type: "text" | "count" | "flag" | "bytes" | "list"): fc.Arbitrary<CanonicalField> {
  switch (type) {
    case "text":
      return text;
    case "count":
      return fc.nat({ max: Number.MAX_SAFE_INTEGER });
    case "flag":
      return fc.boolean();
    case "bytes":
      return fc.uint8Array({ maxLength: 4 });
    case "list":
      return fc.array(text, { maxLength: 3 });
  }
}

function same(a: readonly CanonicalField[], b: readonly CanonicalField[]): boolean {
  const printed = (row: readonly CanonicalField[]) =>
    JSON.stringify(row.map((field) => (field instanceof Uint8Array ? [...field] : field)));
  return printed(a) === printed(b);
}

describe("canonical encoding", () => {
  test("rows of one shape give the same bytes only when they are equal", () => {
    checkRandom(
      fc.property(text, text, twoRows, (labelA, labelB, [a, b]) => {
        const equal = encodeCanonical(labelA, a).equals(encodeCanonical(labelB, b));
        expect(equal).toBe(labelA === labelB && same(a, b));
      }),
      2000,
    );
  });

  test("text moved between neighbours, or between entries of a list, gives other bytes", () => {
    const rows: readonly (readonly CanonicalField[])[] = [
      ["ab", "c", ["x", "y"], []],
      ["a", "bc", ["x", "y"], []],
      ["", "abc", ["x", "y"], []],
      ["ab", "c", ["xy"], []],
      ["ab", "c", ["x"], ["y"]],
      ["ab", "c", [], ["x", "y"]],
      ["ab", "c", ["y", "x"], []],
      ["ab", "c", ["x", "y", ""], []],
    ];
    const encoded = rows.map((row) => encodeCanonical("label", row).toString("hex"));
    expect(new Set(encoded).size).toBe(rows.length);
  });

  test("has the documented bytes", () => {
    const bytes = encodeCanonical("L", ["é", 258, true, Buffer.of(9), ["a", ""]]);
    expect(bytes.toString("hex")).toBe(
      [
        "00000001" + "4c",
        "00000002" + "c3a9",
        "00000008" + "0000000000000102",
        "00000001" + "01",
        "00000001" + "09",
        "00000002" + "00000001" + "61" + "00000000",
      ].join(""),
    );
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1])("%d is refused", (bad) => {
    expect(() => encodeCanonical("L", [bad])).toThrow(RangeError);
  });
});
