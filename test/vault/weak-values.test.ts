import { expect, test } from "vitest";
import { readBoolean, readInteger, readNumber } from "../../src/vault/weak-values.ts";

const largest = 0xffff_ffff;

test.for([
  ["0", 0],
  ["-0", -0],
  ["12", 12],
  ["+12", 12],
  ["-12", -12],
  ["01", 1],
  ["010", 8],
  ["0o10", 8],
  ["0x1F", 31],
  ["0b11", 3],
  ["4294967295", largest],
  ["4294967296", largest],
  ["9007199254740993", largest],
  ["9223372036854775807", largest],
  ["-9223372036854775807", -largest],
  ["9223372036854775808", undefined],
  [`1${"0".repeat(64)}`, undefined],
  ["1".repeat(100_000), undefined],
  ["", undefined],
  ["08", undefined],
  ["1.0", undefined],
  ["1e0", undefined],
  ["0x", undefined],
  [" 1", undefined],
  ["1\n", undefined],
  ["١", undefined],
] as const)("the whole number in %j is %s", ([text, number]) => {
  expect(readInteger(text)).toBe(number);
});

test.for([
  ["7", 7],
  ['"07"', 7],
  ['""', 0],
  ["null", 0],
  ["false", 0],
  ["true", 1],
  ['"true"', undefined],
  ["1.0", undefined],
  ["{}", undefined],
  ["[]", undefined],
] as const)("the JSON %s stands for %s", ([raw, number]) => {
  expect(readNumber(raw)).toBe(number);
});

test("yes and no have six forms each, and nothing is no", () => {
  const forms = ["1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False", ""];
  expect(forms.map(readBoolean)).toEqual(forms.map((_, at) => at < 6));
  for (const text of ["tRUE", "yes", "no", "2", " 1", "null"]) expect(readBoolean(text)).toBeUndefined();
});
