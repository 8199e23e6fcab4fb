import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Due, type DueKind, dueInWords, nothingDue } from "../../console/model/due.ts";
import {
  buildTree,
  folderOf,
  foldersAbove,
  type Item,
  lastPart,
  openAtFirst,
  rowsOf,
} from "../../console/model/tree.ts";
import { checkRandom } from "../support/random-draws.ts";

const segment = fc.stringMatching(/^[a-c_.]{1,3}$/).filter((text) => !/^\.{1,2}$/.test(text));
const keys = fc.uniqueArray(
  fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/")),
  { maxLength: 40 },
);
const dueKinds = fc.constantFrom<DueKind | undefined>(undefined, "expired", "expiring", "rotationDue");
const items = fc.tuple(keys, fc.infiniteStream(dueKinds)).map(([all, due]) => {
  return all.map((key): Item => ({ key, due: due.next().value }));
});

/** What is due among these, counted in another way than the tree does it. */
const dueAmong = (all: readonly Item[]): Due => {
  const of = (kind: DueKind) => all.filter(({ due }) => due === kind).length;
  return { expired: of("expired"), expiring: of("expiring"), rotationDue: of("rotationDue") };
};

/** Every folder above any of the keys. */
const allFolders = (all: readonly Item[]) => new Set(all.flatMap(({ key }) => [...foldersAbove(key)]));

describe("the tree", () => {
  test("opens at first as much as fits, whole levels, and then what is due", () => {
    checkRandom(
      fc.property(items, fc.integer({ min: 1, max: 30 }), (all, max) => {
        const tree = buildTree(all);
        const open = openAtFirst(tree, max);
        const closed = rowsOf(tree, new Set()).length;
        const rows = rowsOf(tree, open);
        expect(rows.length).toBeLessThanOrEqual(Math.max(max, closed));
        // What is open is seen: no folder is open in a closed one.
        expect(rows.filter((row) => row.kind === "folder" && row.isOpen)).toHaveLength(open.size);
        const whole = rowsOf(tree, allFolders(all)).length;
        if (whole <= max) expect(rows).toHaveLength(whole);
      }),
    );
    const [due, other] = ["a/x", "b/x"].map((key, at): Item => ({ key, due: at === 0 ? "expired" : undefined }));
    const items36 = Array.from({ length: 3 }, (_, at): Item => ({ key: `b/${at}`, due: undefined }));
    expect([...openAtFirst(buildTree([due as Item, other as Item, ...items36]), 4)]).toEqual(["a"]);
  });

  test("holds each key once, and counts what is due in every folder", () => {
    checkRandom(
      fc.property(items, (all) => {
        const tree = buildTree(all);
        const rows = rowsOf(tree, allFolders(all));
        const found = rows.flatMap((row) => (row.kind === "item" ? [row.item.key] : []));
        expect(found.toSorted()).toEqual(all.map(({ key }) => key).sort());
        expect([tree.count, tree.due]).toEqual([all.length, dueAmong(all)]);
        for (const row of rows) {
          if (row.kind !== "folder") continue;
          const inside = all.filter(({ key }) => key.startsWith(`${row.path}/`));
          expect([row.count, row.due]).toEqual([inside.length, dueAmong(inside)]);
        }
      }),
    );
  });

  test("shows only what is in open folders, folders first, and positions from 1 to the number in the folder", () => {
    checkRandom(
      fc.property(items, (all) => {
        const closed = rowsOf(buildTree(all), new Set());
        expect(closed.every(({ depth }) => depth === 0)).toBe(true);
        expect(closed.map(({ kind }) => kind)).toEqual(closed.map(({ kind }) => kind).toSorted());
        expect(closed.map(({ position }) => position)).toEqual(closed.map((_, at) => at + 1));
        expect(closed.every(({ setSize }) => setSize === closed.length)).toBe(true);
      }),
    );
  });

  test("has a key and a folder of the same name next to each other", () => {
    const rows = rowsOf(
      buildTree([
        { key: "prod", due: undefined },
        { key: "prod/A", due: "expired" },
      ]),
      new Set(["prod"]),
    );
    expect(rows.map((row) => [row.kind, row.name, row.depth])).toEqual([
      ["folder", "prod", 0],
      ["item", "A", 1],
      ["item", "prod", 0],
    ]);
  });

  test("shows folders that are not loaded, with the numbers that are known of them", () => {
    const stubs = [
      { path: "", count: 1002, due: { ...nothingDue, expired: 1 }, hasMore: true },
      { path: "prod", count: 2, due: nothingDue, hasMore: false },
      { path: "big/deep", count: 1000, due: { ...nothingDue, rotationDue: 7 }, hasMore: true },
    ];
    const rows = rowsOf(buildTree([{ key: "prod/A", due: "expired" }], stubs), new Set(["big"]));
    expect(rows.map((row) => (row.kind === "folder" ? [row.path, row.count, row.due, row.hasMore] : row.name))).toEqual(
      [
        ["big", 0, nothingDue, false],
        ["big/deep", 1000, { ...nothingDue, rotationDue: 7 }, true],
        ["prod", 2, { ...nothingDue, expired: 1 }, false],
      ],
    );
  });

  test("knows the parts of a key", () => {
    expect([lastPart("a/b/c"), folderOf("a/b/c"), foldersAbove("a/b/c")]).toEqual(["c", "a/b", ["a", "a/b"]]);
    expect([lastPart("a"), folderOf("a"), foldersAbove("a")]).toEqual(["a", "", []]);
  });

  test("a folder says what is due in the words of the filters, the worst first and in its colour", () => {
    expect(dueInWords(nothingDue)).toEqual([]);
    expect(dueInWords({ expired: 1, expiring: 2, rotationDue: 3 })).toEqual([
      ["1 expired", "bad"],
      ["2 expiring", "warn"],
      ["3 rotation due", "info"],
    ]);
    expect(dueInWords({ expired: 0, expiring: 2, rotationDue: 0 })).toEqual([["2 expiring", "warn"]]);
  });
});
