import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Draft, draftOf, noLists } from "../../console/model/lists.ts";
import { mergeDrafts } from "../../console/model/merge.ts";
import { accessListNames } from "../../src/text/access-list-names.ts";
import { drafts } from "../support/console/drafts.ts";
import { checkRandom } from "../support/random-draws.ts";

const plain = ({ lists, metadata }: Draft) => {
  const sorted = accessListNames.map((list) => [list, lists[list].toSorted()]);
  return draftOf({ ...Object.fromEntries(sorted), metadata: Object.fromEntries(metadata) });
};

describe("a merge", () => {
  test("with nothing newer is the own draft; with nothing own is the newer one", () => {
    checkRandom(
      fc.property(drafts, drafts, (begun, other) => {
        expect(plain(mergeDrafts(begun, other, begun).draft)).toEqual(plain(other));
        expect(plain(mergeDrafts(begun, begun, other).draft)).toEqual(plain(other));
      }),
    );
  });

  test("makes every own change, and keeps every change of the other that the own ones do not touch", () => {
    checkRandom(
      fc.property(drafts, drafts, drafts, (begun, own, newer) => {
        const { draft } = mergeDrafts(begun, own, newer);
        for (const list of accessListNames) {
          for (const name of ["alice", "bob", "carol", "payments"]) {
            const [was, mine, theirs] = [begun, own, newer].map(({ lists }) => lists[list].includes(name));
            expect(draft.lists[list].includes(name), `${list} ${name}`).toBe(mine === was ? theirs : mine);
          }
        }
        const [was, mine, theirs, result] = [begun, own, newer, draft].map(({ metadata }) => new Map(metadata));
        for (const name of ["expires", "issuer", "note"]) {
          expect(result?.get(name)).toBe((mine?.get(name) === was?.get(name) ? theirs : mine)?.get(name));
        }
      }),
    );
  });

  test("names the metadata that both changed, each to something else", () => {
    const draft = (metadata: [string, string][]): Draft => ({ lists: noLists, metadata });
    const merged = mergeDrafts(
      draft([
        ["a", "1"],
        ["b", "1"],
        ["c", "1"],
      ]),
      draft([
        ["a", "2"],
        ["b", "2"],
      ]),
      draft([
        ["a", "3"],
        ["b", "2"],
        ["c", "1"],
      ]),
    );
    expect(merged).toEqual({
      draft: draft([
        ["a", "2"],
        ["b", "2"],
      ]),
      conflicts: ["a"],
    });
  });
});
