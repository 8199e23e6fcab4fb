import { expect, test } from "vitest";
import { isCurrentValue } from "../../src/secrets/value-version.ts";
import { aSecret } from "../support/store/rows.ts";

// The value came with version 3; two changes of the lists followed it.
const value = { version: 3, changedAtMs: 1 };
const live = aSecret("a", { version: 5 });
const removed = aSecret("a", { version: 5, removed: true });

test.each([
  [0, false, true, true],
  [2, false, false, false],
  [3, true, true, false],
  [5, true, true, false],
  [6, false, false, false],
])("a caller who saw version %i saw the value of a live secret: %s, of a removed one: %s, of none: %s", (...row) => {
  const [wanted, ofLive, ofRemoved, ofNone] = row;
  expect(isCurrentValue(live, value, wanted)).toBe(ofLive);
  expect(isCurrentValue(removed, value, wanted)).toBe(ofRemoved);
  expect(isCurrentValue(undefined, value, wanted)).toBe(ofNone);
});

test("of a secret that never had a value, only a caller who saw none saw it", () => {
  const never = { version: 0, changedAtMs: 0 };
  expect([0, 1, 5].map((wanted) => isCurrentValue(removed, never, wanted))).toEqual([true, false, false]);
  expect([0, 1, 5].map((wanted) => isCurrentValue(live, never, wanted))).toEqual([false, false, false]);
});
