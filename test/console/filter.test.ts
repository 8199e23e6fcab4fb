import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchSecret } from "../../console/model/filter.ts";

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
    fc.assert(
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
});
