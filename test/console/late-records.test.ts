import { expect, test } from "vitest";
import { lateFrom } from "../../console/model/audit.ts";

test("records are called late only when no wrong clock explains it", () => {
  expect(lateFrom(undefined, 10_000)).toBeUndefined();
  expect(lateFrom(10_000, 10_000)).toBeUndefined();
  expect(lateFrom(10_000, 14_000)).toBeUndefined();
  expect(lateFrom(12_000, 10_000)).toBeUndefined();
  expect(lateFrom(10_000, 14_001)).toBe(10_000);
});
