import { expect, test } from "vitest";
import { compareFolders } from "../../console/model/compare.ts";
import { grantsOf, meaningOf } from "../../console/model/tokens.ts";

const secrets = [
  { key: "prod/A", rights: ["read", "write"] },
  { key: "prod/B", rights: ["write"] },
  { key: "dev/A", rights: ["read"] },
];

test("rows of grants become one grant for each action", () => {
  const drafts = [
    { action: "read", patterns: "prod/*, dev/*" },
    { action: "remove", patterns: " " },
    { action: "read", patterns: "dev/* x" },
  ];
  expect(grantsOf(drafts)).toEqual([{ action: "read", keyPatterns: ["dev/*", "prod/*", "x"] }]);
});

test("what a token could do is said in secrets of today", () => {
  expect(meaningOf([], secrets, true)).toEqual(["It could do everything that its user may."]);
  expect(meaningOf([], secrets, true, "alice")).toEqual([
    "It acts as an admin: it could do everything that alice may, on every secret of the tenant.",
  ]);
  expect(meaningOf([{ action: "read", patterns: "prod/*" }], secrets, true)).toEqual([
    "It could read 1 secret today, and later ones that match prod/*.",
  ]);
  expect(meaningOf([{ action: "read", patterns: "prod/*" }], secrets, false)).toEqual([
    "It could read 2 secrets today, and later ones that match prod/*, if its user may.",
  ]);
});

test("two folders are compared by the names below them", () => {
  const keys = ["prod/a/X", "prod/Y", "staging/a/X", "staging/Z", "production/Q"];
  expect(compareFolders(keys, "prod/", "staging")).toEqual({ onlyLeft: ["Y"], onlyRight: ["Z"], both: ["a/X"] });
  expect(compareFolders(keys, "", "staging")).toEqual({ onlyLeft: [], onlyRight: ["Z", "a/X"], both: [] });
});
