import { expect, test } from "vitest";
import { highest, keyRange } from "../../src/store/key-range.ts";

test.each<[string, string | undefined, string, string, string, string | undefined]>([
  ["", undefined, "", "", highest, undefined],
  ["prod/", undefined, "", "prod/", `prod/${highest}`, undefined],
  ["", "prod/*", "", "prod/", `prod/${highest}`, undefined],
  ["prod/", "prod/web/*", "", "prod/web/", `prod/web/${highest}`, undefined],
  ["prod/web/", "prod/*", "", "prod/web/", `prod/web/${highest}`, undefined],
  ["prod/", "prod/*_KEY", "", "prod/", `prod/${highest}`, "prod/*_KEY"],
  ["prod/", "prod/A", "", "prod/A", `prod/A${highest}`, "prod/A"],
  ["", "*", "", "", highest, undefined],
  ["", "*_KEY", "", "", highest, "*_KEY"],
  ["prod/", undefined, "prod/B", "prod/B\0", `prod/${highest}`, undefined],
  ["prod/", undefined, "a", "prod/", `prod/${highest}`, undefined],
  ["prod/", undefined, "z", "z\0", `prod/${highest}`, undefined],
])("the prefix %j, the pattern %j and what comes after %j are from %j to %j, with the pattern %j", (...row) => {
  const [prefix, glob, after, from, to, pattern] = row;
  expect(keyRange(prefix, glob, after)).toEqual({ from, to, glob: pattern });
});

test("a prefix and a pattern that cannot both match select nothing", () => {
  expect(keyRange("prod/", "dev/*", "")).toBeUndefined();
  expect(keyRange("prod/", "prodigy", "")).toBeUndefined();
  expect(keyRange("a/b/", "a/c*", "")).toBeUndefined();
});
