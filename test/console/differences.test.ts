import fc from "fast-check";
import { expect, test } from "vitest";
import { differencesOf } from "../../console/model/differences.ts";
import { type Draft, noLists } from "../../console/model/lists.ts";
import { drafts } from "../support/console/drafts.ts";
import { checkRandom } from "../support/random-draws.ts";

test("what another person changed is named: pairs from what to what, and names that enter and leave a list", () => {
  const before: Draft = {
    lists: { ...noLists, readers: ["bob", "dave"] },
    metadata: [
      ["issuer", "a.com"],
      ["note", "x"],
    ],
  };
  const after: Draft = {
    lists: { ...noLists, readers: ["bob", "erin"], writers: ["bob"] },
    metadata: [
      ["issuer", "b.com"],
      ["team", "web"],
    ],
  };
  expect(differencesOf(before, after)).toEqual({
    pairs: [
      { name: "issuer", before: "a.com", after: "b.com" },
      { name: "note", before: "x", after: undefined },
      { name: "team", before: undefined, after: "web" },
    ],
    lists: [
      { list: "readers", added: ["erin"], removed: ["dave"] },
      { list: "writers", added: ["bob"], removed: [] },
    ],
  });
});

test("two that are the same do not differ, and looking from the other side turns each around", () => {
  checkRandom(
    fc.property(drafts, drafts, (one, other) => {
      expect(differencesOf(one, one)).toEqual({ pairs: [], lists: [] });
      const [to, back] = [differencesOf(one, other), differencesOf(other, one)];
      expect(back.pairs).toEqual(to.pairs.map(({ name, before, after }) => ({ name, before: after, after: before })));
      expect(back.lists).toEqual(
        to.lists.map(({ list, added, removed }) => ({ list, added: removed, removed: added })),
      );
    }),
  );
});
