import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isNarrower, matchesAll, matchSecret, searchableOf, wordsOf } from "../../console/model/filter.ts";
import { checkRandom } from "../support/random-draws.ts";

const secret = {
  key: "prod/checkout/STRIPE_SECRET_KEY",
  owner: "bob",
  metadata: { issuer: "stripe.com", note: "Live account" },
};

describe("the search", () => {
  test.each([
    ["stripe", [[14, 20]], undefined],
    [
      "PROD key",
      [
        [0, 4],
        [28, 31],
      ],
      undefined,
    ],
    ["prod/checkout/stripe", [[0, 20]], undefined],
    ["prod rod", [[0, 4]], undefined],
    ["live", [], "note: Live account"],
    ["bob", [], "owner: bob"],
    ["prod/*_KEY", [], undefined],
    ["", [], undefined],
  ])("%j is found", (query, ranges, via) => {
    expect(matchSecret(query, secret)).toEqual({ ranges, via });
  });

  test.each(["dev", "prod dev", "prod/*_URL", "*checkout"])("%j is not found", (query) => {
    expect(matchSecret(query, secret)).toBeUndefined();
  });

  test("marks parts of the key that are the words, in order and without overlaps", () => {
    checkRandom(
      fc.property(fc.stringMatching(/^[ab/]{1,12}$/), fc.array(fc.stringMatching(/^[abAB/]{1,3}$/)), (key, words) => {
        const match = matchSecret(words.join(" "), { key, owner: "", metadata: {} });
        expect(match !== undefined).toBe(words.every((word) => key.includes(word.toLowerCase())));
        let end = -1;
        for (const [from, to] of match?.ranges ?? []) {
          expect(from).toBeGreaterThan(end);
          expect(to).toBeGreaterThan(from);
          end = to;
        }
        expect(end).toBeLessThanOrEqual(key.length);
      }),
    );
  });

  const text = fc.stringMatching(/^[aAbB/.]{0,6}$/);
  const secrets = fc.record({
    key: fc.stringMatching(/^[aAbB/.]{1,12}$/),
    owner: text,
    metadata: fc.dictionary(fc.stringMatching(/^[aAbB]{1,3}$/), text, { maxKeys: 3 }),
  });
  const queries = fc.stringMatching(/^[aAbB/.* ]{0,8}$/);

  test("finds fast what it finds with the places to mark", () => {
    checkRandom(
      fc.property(secrets, queries, (each, query) => {
        const isFound = matchSecret(query, each) !== undefined;
        expect(matchesAll(wordsOf(query), searchableOf(each))).toBe(isFound);
      }),
    );
  });

  test("with more typed finds a part of what it found before", () => {
    checkRandom(
      fc.property(secrets, queries, queries, (each, earlier, more) => {
        const later = earlier + more;
        if (!isNarrower(later, earlier)) return;
        const found = [later, earlier].map((query) => matchesAll(wordsOf(query), searchableOf(each)));
        expect(found).not.toEqual([true, false]);
      }),
    );
  });
});
