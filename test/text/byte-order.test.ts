import fc from "fast-check";
import { expect, test } from "vitest";
import { compareBytes } from "../../src/text/byte-order.ts";
import { checkRandom } from "../support/random-draws.ts";

test("names are ordered by the bytes of their UTF-8, whatever they hold", () => {
  // The last ones are those that UTF-16 orders differently, and the two halves of a character.
  const unit = fc.constantFrom(
    "a",
    "B",
    "/",
    "-",
    "=",
    "9",
    "é",
    "\uffee",
    "\u{1f600}",
    "\u{10ffff}",
    "\ud83d",
    "\ude00",
  );
  const text = fc.string({ unit, maxLength: 6 });
  checkRandom(
    fc.property(text, text, (a, b) => {
      const order = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareBytes(a, b))).toBe(order);
    }),
    5000,
  );
});
