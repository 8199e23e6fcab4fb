import { describe, expect, test } from "vitest";
import { SecretError } from "../../src/error.ts";
import { type NamesInput, selectNames } from "../../src/rules/selection.ts";

const none: NamesInput = { keys: [], ids: [], key: "", id: "" };
const select = (names: Partial<NamesInput>) => selectNames({ ...none, ...names });

function failuresOf(names: Partial<NamesInput>) {
  try {
    select(names);
  } catch (error) {
    if (error instanceof SecretError) return error.failures;
    throw error;
  }
  return [];
}

describe("names in a request", () => {
  test("are taken in order, once each", () => {
    expect(select({ keys: ["b", "a", "b"] })).toMatchObject({ keys: ["b", "a"], ids: [] });
    expect(select({ keys: ["a", "a"] }).keys).toEqual(["a"]);
    expect(select({ key: "a" })).toMatchObject({ keys: ["a"], ids: [] });
    expect(select({ ids: ["secr_b", "secr_a", "secr_b"] })).toMatchObject({ keys: [], ids: ["secr_b", "secr_a"] });
    expect(select({ id: "secr_a" })).toMatchObject({ keys: [], ids: ["secr_a"] });
    expect(select({})).toMatchObject({ keys: [], ids: [] });
  });

  test("an id that has not the form of one is a key", () => {
    const selection = select({ ids: ["secr_a", "alice/A"] });
    expect(selection).toMatchObject({ keys: ["alice/A"], ids: ["secr_a"] });
    expect([...selection.keysNamedAsIds]).toEqual(["alice/A"]);
    expect(select({ id: "DATABASE_URL" })).toMatchObject({ keys: ["DATABASE_URL"], ids: [] });
  });

  test.each([
    [{ keys: ["a"], ids: ["secr_a"] }, "ids"],
    [{ keys: ["a"], key: "a" }, "key"],
    [{ ids: ["secr_a"], id: "secr_a" }, "id"],
    [{ key: "a", id: "secr_a" }, "id"],
    [{ keys: ["a"], id: "secr_a" }, "id"],
  ])("cannot be mixed: %j", (names, field) => {
    expect(failuresOf(names)).toMatchObject([{ reason: "CONFLICTING_FIELDS", field }]);
  });

  test("are 1,000 at most", () => {
    const keys = Array.from({ length: 1_001 }, (_, at) => `k${at}`);
    expect(failuresOf({ keys: keys.slice(1) })).toEqual([]);
    expect(failuresOf({ keys })).toMatchObject([
      { reason: "LIMIT_EXCEEDED", field: "keys", limit: 1_000, actual: 1_001 },
    ]);
  });

  test("threat 63: every malformed one is named by its place", () => {
    expect(failuresOf({ keys: ["a", "a//b", "c", "../d"] })).toMatchObject([
      { reason: "INVALID_FIELD", field: "keys[1]", index: 1 },
      { reason: "INVALID_FIELD", field: "keys[3]", index: 3 },
    ]);
    expect(failuresOf({ key: "a b" })).toMatchObject([{ field: "key" }]);
    expect(failuresOf({ ids: ["secr_a", "é"] })).toMatchObject([{ field: "ids[1]", index: 1 }]);
    expect(failuresOf({ id: "a/" })).toMatchObject([{ field: "id" }]);
    expect(failuresOf({ keys: [""] })).toMatchObject([{ field: "keys[0]" }]);
  });
});
