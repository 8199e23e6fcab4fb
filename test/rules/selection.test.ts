import { describe, expect, test } from "vitest";
import { SecretError } from "../../src/error.ts";
import {
  answerLike,
  checkBatchSize,
  type NamesInput,
  placeOfValue,
  positionsOf,
  requireWellFormed,
  selectNames,
  valuesOf,
} from "../../src/rules/selection.ts";

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

test("positions are those where a name occurs first", () => {
  expect(positionsOf({ ...none, keys: ["b", "a", "b", "c"] })).toEqual([
    { name: "b", index: 0, field: "keys[0]" },
    { name: "a", index: 1, field: "keys[1]" },
    { name: "c", index: 3, field: "keys[3]" },
  ]);
  expect(positionsOf({ ...none, ids: ["secr_a"] })).toEqual([{ name: "secr_a", index: 0, field: "ids[0]" }]);
  expect(positionsOf({ ...none, id: "secr_a" })).toEqual([{ name: "secr_a", index: 0, field: "id" }]);
});

describe("a value or several", () => {
  const failureOf = (call: () => unknown) => {
    try {
      call();
    } catch (error) {
      if (error instanceof SecretError) return error.failures[0];
      throw error;
    }
    return undefined;
  };

  test("are taken, but not both, and not none", () => {
    expect(valuesOf({ value: "a", values: [] })).toEqual(["a"]);
    expect(valuesOf({ value: "", values: [] })).toEqual([""]);
    expect(valuesOf({ value: undefined, values: ["a", "b"] })).toEqual(["a", "b"]);
    const both = { reason: "CONFLICTING_FIELDS", field: "values" };
    expect(failureOf(() => valuesOf({ value: "a", values: ["b"] }))).toMatchObject(both);
    const neither = { reason: "INVALID_FIELD", field: "value" };
    expect(failureOf(() => valuesOf({ value: undefined, values: [] }))).toMatchObject(neither);
    const many = { reason: "LIMIT_EXCEEDED", field: "values", limit: 1000, actual: 1001 };
    expect(failureOf(() => valuesOf({ value: undefined, values: new Array(1001).fill("a") }))).toMatchObject(many);
  });

  test("are answered and named as they were given", () => {
    expect(answerLike({ value: "a", values: [] }, ["x"])).toEqual({ value: "x", values: [] });
    expect(answerLike({ value: undefined, values: ["a"] }, ["x"])).toEqual({ value: undefined, values: ["x"] });
    expect(placeOfValue({ value: "a", values: [] }, 0)).toEqual({ index: 0, field: "value" });
    expect(placeOfValue({ value: undefined, values: ["a", "b"] }, 1)).toEqual({ index: 1, field: "values[1]" });
  });

  test("a name that breaks a rule has the sizes that the rule is about", () => {
    const limited = { rule: "must be short", limit: 3, actual: 4 };
    expect(failureOf(() => requireWellFormed("key", limited, 2))).toEqual({
      ...{ reason: "LIMIT_EXCEEDED", message: "key must be short", field: "key", index: 2, limit: 3, actual: 4 },
    });
    expect(failureOf(() => requireWellFormed("key", { rule: "must be good" }))).toEqual({
      ...{ reason: "INVALID_FIELD", message: "key must be good", field: "key", index: 0 },
    });
    expect(failureOf(() => requireWellFormed("key", undefined))).toBeUndefined();
    expect(failureOf(() => checkBatchSize("keys", new Array(1000)))).toBeUndefined();
  });
});
