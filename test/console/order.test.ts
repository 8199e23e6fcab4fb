import { expect, test } from "vitest";
import { compareFolders } from "../../console/model/compare.ts";
import { deltaOf } from "../../console/model/delta.ts";
import { gainsOf } from "../../console/model/gains.ts";
import { gridOf } from "../../console/model/grid.ts";
import { draftOf, namesIn, noLists, withName } from "../../console/model/lists.ts";
import { mergeDrafts } from "../../console/model/merge.ts";
import { grantsOf } from "../../console/model/tokens.ts";
import { buildTree, rowsOf } from "../../console/model/tree.ts";

/** In the order of their UTF-8 bytes, which is that of the service. UTF-16 puts the last one first. */
const ordered = ["\ue000", "\uff5e", "\u{1f600}"] as const;
const mixed = ordered.toReversed();
const pairs = (names: readonly string[]) => names.map((name) => [name, "1"] as const);

test("the page orders names as the service does, also those outside the basic plane", () => {
  const stored = { lists: { ...noLists, readers: mixed }, metadata: pairs(mixed) };
  const empty = { lists: noLists, metadata: [] };
  const items = mixed.map((key) => ({ key, due: undefined }));
  const folders = mixed.map((name) => ({ key: `${name}/x`, due: undefined }));
  const nameOf = ({ name }: { name: string }) => name;
  const [first = ""] = mixed;

  expect({
    folders: rowsOf(buildTree(folders), new Set()).map(nameOf),
    keys: rowsOf(buildTree(items), new Set()).map(nameOf),
    grid: gridOf(stored.lists, stored.lists, new Map()).map(nameOf),
    names: namesIn(stored.lists),
    added: withName({ ...noLists, readers: mixed.slice(1) }, "readers", first, true).readers,
    stored: draftOf({ ...stored.lists, metadata: Object.fromEntries(stored.metadata) }),
    sent: deltaOf(empty, stored).readers,
    merged: mergeDrafts(empty, stored, empty).draft,
    conflicts: mergeDrafts(empty, stored, { ...empty, metadata: mixed.map((name) => [name, "2"]) }).conflicts,
    onlyLeft: compareFolders(
      mixed.map((name) => `a/${name}`),
      "a",
      "b",
    ).onlyLeft,
    patterns: grantsOf([{ action: "read", patterns: mixed.join(" ") }]).flatMap(({ keyPatterns }) => keyPatterns),
    gains: gainsOf(mixed.map((slug) => ({ slug, right: "read", gains: true, through: "", lastReadMs: undefined }))).map(
      ({ slug }) => slug,
    ),
  }).toEqual({
    folders: ordered,
    keys: ordered,
    grid: ordered,
    names: ordered,
    added: ordered,
    stored: { lists: { ...noLists, readers: ordered }, metadata: pairs(ordered) },
    sent: ordered,
    merged: { lists: { ...noLists, readers: ordered }, metadata: pairs(ordered) },
    conflicts: ordered,
    onlyLeft: ordered,
    patterns: ordered,
    gains: ordered,
  });
});
