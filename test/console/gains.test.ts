import { describe, expect, test } from "vitest";
import { gainsOf, rightsInWords } from "../../console/model/gains.ts";
import { gridOf, type Names } from "../../console/model/grid.ts";
import { noLists } from "../../console/model/lists.ts";

const change = (slug: string, right: string, gains: boolean, through = "", lastReadMs?: number) => ({
  slug,
  right,
  gains,
  through,
  lastReadMs,
});

describe("what will change", () => {
  test("is one line for each person, what is gained first", () => {
    const lines = gainsOf([
      change("erin", "write", false, "payments"),
      change("bob", "write", false, "payments", 5),
      change("bob", "read", false, "payments"),
      change("alice", "read", true),
    ]);
    expect(lines).toEqual([
      { slug: "alice", gains: true, rights: ["read"], through: [], lastReadMs: undefined },
      { slug: "bob", gains: false, rights: ["read", "write"], through: ["payments"], lastReadMs: 5 },
      { slug: "erin", gains: false, rights: ["write"], through: ["payments"], lastReadMs: undefined },
    ]);
    expect(gainsOf([])).toEqual([]);
  });

  test.each([
    [["read"], "read"],
    [["read", "write"], "read and write"],
    [["read", "write", "change-readers"], "read, write and change readers"],
  ])("says %j as %j", (rights, words) => {
    expect(rightsInWords(rights)).toBe(words);
  });
});

test("the grid has roles first, and marks what was added and removed", () => {
  const names: Names = new Map([
    ["payments", { name: "payments", kind: "role", members: ["bob"] }],
    ["alice", { name: "alice", kind: "user", members: [] }],
  ]);
  const rows = gridOf(
    { ...noLists, readers: ["alice"] },
    { ...noLists, readers: ["payments"], writers: ["zoe"] },
    names,
  );
  expect(rows.map(({ name, kind, members }) => [name, kind, members])).toEqual([
    ["payments", "role", ["bob"]],
    ["alice", "user", []],
    ["zoe", "unknown", []],
  ]);
  expect(rows.map(({ cells }) => cells.map((cell) => cell.change).slice(0, 2))).toEqual([
    ["added", "none"],
    ["removed", "none"],
    ["none", "added"],
  ]);
});
