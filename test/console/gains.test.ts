import { describe, expect, test } from "vitest";
import { fewInWords, gainsOf, rightsInWords } from "../../console/model/gains.ts";
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
    ["payments", { name: "payments", kind: "role", members: ["bob"], isAdmin: false }],
    ["alice", { name: "alice", kind: "user", members: [], isAdmin: false }],
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

test("the grid shows what a person may do by a role of theirs, or as an admin, without their name in the list", () => {
  const names: Names = new Map([
    ["payments", { name: "payments", kind: "role", members: ["bob", "erin"], isAdmin: false }],
    ["web", { name: "web", kind: "role", members: ["erin"], isAdmin: false }],
    ["alice", { name: "alice", kind: "user", members: [], isAdmin: true }],
    ["bob", { name: "bob", kind: "user", members: [], isAdmin: false }],
  ]);
  const stored = { ...noLists, readers: ["payments", "bob"], writers: ["payments"], deleters: ["alice", "web", "zoe"] };
  const throughOf = (edited: typeof stored) =>
    Object.fromEntries(
      gridOf(stored, edited, names).map(({ name, cells }) => [name, cells.slice(0, 3).map(({ through }) => through)]),
    );
  expect(throughOf(stored)).toEqual({
    payments: [undefined, undefined, undefined],
    web: [undefined, undefined, undefined],
    alice: ["admin", "admin", "admin"],
    bob: ["payments", "payments", undefined],
    zoe: [undefined, undefined, undefined],
  });
  // As it would be after the save.
  expect(throughOf({ ...stored, writers: ["bob"] }).bob).toEqual(["payments", undefined, undefined]);
});

test("the grid shows apart what a viewer is not shown and what a person may not do", () => {
  const name = (slug: string, kind: "role" | "user") =>
    [slug, { name: slug, kind, members: [], isAdmin: false }] as const;
  const names: Names = new Map([name("payments", "role"), name("bob", "user"), name("dave", "user")]);
  const stored = { ...noLists, readers: ["payments", "dave"], writers: ["dave"], deleters: ["zoe", "bob"] };
  const unknownTo = (slug: string, admin: boolean) =>
    Object.fromEntries(
      gridOf(stored, stored, names, new Set(), { slug, admin }).map((row) => [
        row.name,
        row.cells.slice(0, 3).map(({ isUnknown }) => isUnknown),
      ]),
    );
  // No one knows here whether zoe is a role.
  expect(unknownTo("dave", false)).toEqual({
    payments: [false, false, false],
    bob: [true, false, false],
    dave: [false, false, false],
    zoe: [true, false, false],
  });
  expect(Object.values(unknownTo("alice", true)).flat()).not.toContain(true);
  expect(unknownTo("bob", false)).toMatchObject({ bob: [false, false, false], dave: [false, false, true] });
});

test.each([
  [["erin"], "erin"],
  [["svc", "erin"], "svc and erin"],
  [["svc", "erin", "bob"], "svc, erin and 1 more"],
  [["svc", "erin", "bob", "dave"], "svc, erin and 2 more"],
])("of several names the first two are said: %s", (names, words) => {
  expect(fewInWords(names)).toBe(words);
});

test("of up to as many names as are wanted, each is said", () => {
  const names = ["a", "b", "c", "d", "e"];
  expect(fewInWords(names, 5)).toBe("a, b, c, d and e");
  expect(fewInWords([...names, "f"], 5)).toBe("a, b, c, d, e and 1 more");
});

test("the grid shows both ways to a right, and what becomes of members when a role leaves a list or enters it", () => {
  const names: Names = new Map([
    ["payments", { name: "payments", kind: "role", members: ["bob", "dave"], isAdmin: false }],
    ["web", { name: "web", kind: "role", members: ["dave"], isAdmin: false }],
    ["alice", { name: "alice", kind: "user", members: [], isAdmin: true }],
  ]);
  const stored = { ...noLists, readers: ["bob", "dave", "payments"], writers: ["payments"], deleters: ["alice"] };
  const cellsOf = (edited: typeof stored, who: string) =>
    gridOf(stored, edited, names)
      .find(({ name }) => name === who)
      ?.cells.slice(0, 3)
      .map(({ isIn, through, change, effect }) => [isIn, through, change, effect]);
  expect(cellsOf(stored, "dave")?.[0]).toEqual([true, "payments", "none", "none"]);
  const without = { ...stored, readers: ["payments"], writers: [] };
  // The name leaves, the right stays; the right goes, although the name was never in the list.
  expect(cellsOf(without, "dave")).toEqual([
    [false, "payments", "removed", "none"],
    [false, undefined, "none", "lost"],
    [false, undefined, "none", "none"],
  ]);
  // One role for another: the members of both notice nothing.
  const other = { ...stored, writers: ["web"], deleters: ["web"] };
  expect(cellsOf(other, "dave")?.[1]).toEqual([false, "web", "none", "none"]);
  expect(cellsOf(other, "bob")?.[1]).toEqual([false, undefined, "none", "lost"]);
  expect(cellsOf(other, "dave")?.[2]).toEqual([false, "web", "none", "gained"]);
  expect(cellsOf({ ...stored, writers: [] }, "alice")?.[1]).toEqual([false, "admin", "none", "none"]);
  const roles = gridOf(stored, other, names).map(({ name, roles: has }) => [name, has]);
  expect(Object.fromEntries(roles)).toMatchObject({ dave: ["payments", "web"], bob: ["payments"], payments: [] });
});
