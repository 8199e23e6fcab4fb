import fc from "fast-check";
import { expect, test } from "vitest";
import { applyDelta, deltaOf, isEmpty } from "../../console/model/delta.ts";
import { type Draft, draftOf, noLists, withName } from "../../console/model/lists.ts";
import { drafts } from "../support/console/drafts.ts";
import { checkRandom } from "../support/random-draws.ts";

const plain = ({ lists, metadata }: Draft) => draftOf({ ...lists, metadata: Object.fromEntries(metadata) });

test("a delta makes the edited draft of the stored one, and is empty when nothing differs", () => {
  checkRandom(
    fc.property(drafts, drafts, (stored, edited) => {
      expect(plain(applyDelta(stored, deltaOf(stored, edited)))).toEqual(plain(edited));
      expect(isEmpty(deltaOf(stored, stored))).toBe(true);
    }),
  );
});

test("only fields that differ are in it, and what becomes empty is cleared", () => {
  const stored: Draft = { lists: { ...noLists, readers: ["a", "b"], writers: ["a"] }, metadata: [["note", "x"]] };
  const edited: Draft = { lists: { ...stored.lists, readers: [] }, metadata: [] };
  expect(deltaOf(stored, edited)).toEqual({ clear: ["readers", "metadata"] });
  const more = { ...stored, lists: withName(stored.lists, "writers", "b", true) };
  expect(deltaOf(stored, more)).toEqual({ writers: ["a", "b"] });
});

test("the order of names and pairs is not a difference", () => {
  const stored: Draft = {
    lists: { ...noLists, readers: ["b", "a"] },
    metadata: [
      ["x", "1"],
      ["a", "2"],
    ],
  };
  const same: Draft = {
    lists: { ...noLists, readers: ["a", "b"] },
    metadata: [
      ["a", "2"],
      ["x", "1"],
    ],
  };
  expect(deltaOf(stored, same)).toEqual({});
});
