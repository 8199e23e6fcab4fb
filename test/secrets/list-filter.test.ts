import { describe, expect, test } from "vitest";
import { SecretError } from "../../src/error.ts";
import { limits } from "../../src/limits.ts";
import { bindingOf, checkFilter, describeFilter, hasText, type ListRequest } from "../../src/secrets/list-filter.ts";
import { aSecret } from "../support/store/rows.ts";

const none: ListRequest = {
  ...{ keys: [], ids: [], key: "", id: "", namespace: "", keyPattern: "", state: undefined, view: undefined },
  ...{ pageSize: 0, pageToken: "" },
};
const check = (fields: Partial<ListRequest>) => checkFilter({ ...none, ...fields });
const failureOf = (fields: Partial<ListRequest>) => {
  try {
    check(fields);
  } catch (error) {
    if (error instanceof SecretError) return error.failures[0];
    throw error;
  }
  return undefined;
};

test("a request that selects nothing in particular gets everything", () => {
  expect(check({})).toEqual({
    ...{ prefix: "", glob: undefined, state: undefined, expiringMs: limits.expiringMs, folder: undefined },
    ...{ removed: false, text: "" },
  });
});

describe("within", () => {
  const dayMs = 24 * 3600 * 1000;

  test("is from a second to the longest time, with the state expiring only", () => {
    for (const withinMs of [1000, dayMs, limits.expiringMaxMs]) {
      expect(check({ state: "expiring", withinMs })).toMatchObject({ expiringMs: withinMs, state: "expiring" });
    }
    for (const withinMs of [999, 0, -1, limits.expiringMaxMs + 1]) {
      expect(failureOf({ state: "expiring", withinMs })).toMatchObject({ reason: "INVALID_FIELD", field: "within" });
    }
    const days = limits.expiringMaxMs / dayMs;
    expect(failureOf({ state: "expiring", withinMs: 0 })?.message).toBe(
      `within must be between 1 second and ${days} days`,
    );
    for (const state of [undefined, "expired"] as const) {
      expect(failureOf({ state, withinMs: 1000 })).toMatchObject({ reason: "CONFLICTING_FIELDS", field: "within" });
    }
  });
});

describe("a folder", () => {
  test("is the root or has the form of a key, and goes with nothing else that selects", () => {
    expect(check({ folder: "" })).toMatchObject({ folder: "" });
    expect(check({ folder: "a/b", state: "expired" })).toMatchObject({ folder: "a/b", state: "expired" });
    expect(failureOf({ folder: "a//b" })).toMatchObject({ field: "folder" });
    const others: Partial<ListRequest>[] = [
      ...[{ keys: ["a"] }, { ids: ["secr_a"] }, { key: "a" }, { id: "secr_a" }, { namespace: "a" }],
      ...[{ keyPattern: "a*" }, { text: "a" }, { removed: true }],
    ];
    for (const other of others) {
      expect(failureOf({ folder: "a", ...other })).toMatchObject({
        ...{ reason: "CONFLICTING_FIELDS", field: Object.keys(other)[0] },
      });
    }
  });
});

describe("removed secrets", () => {
  test("are listed without names, states and values", () => {
    expect(check({ removed: true, namespace: "a", text: "B", view: "metadata" })).toMatchObject({
      removed: true,
      text: "b",
    });
    const others: Partial<ListRequest>[] = [
      ...[{ keys: ["a"] }, { ids: ["secr_a"] }, { key: "a" }, { id: "secr_a" }, { state: "expired" as const }],
      { view: "full" as const },
    ];
    for (const other of others) {
      expect(failureOf({ removed: true, ...other })).toMatchObject({
        ...{ reason: "CONFLICTING_FIELDS", field: Object.keys(other)[0] },
      });
    }
  });
});

describe("a text", () => {
  test("has a limit in bytes", () => {
    const limit = limits.searchTextBytes;
    expect(check({ text: "a".repeat(limit) }).text).toHaveLength(limit);
    expect(failureOf({ text: "é".repeat(limit / 2 + 1) })).toMatchObject({
      ...{ reason: "LIMIT_EXCEEDED", field: "text", limit, actual: limit + 2 },
    });
  });

  test("is found in key, owner and metadata, in letters of any size", () => {
    const secret = aSecret("prod/API", { owner: "Carol", metadata: [["Note", "Größe"]] });
    const filter = (text: string) => hasText(check({ text }), secret);
    for (const text of ["", "pi", "api", "CAR", "note", "größe", "GRÖSSE".replace("SS", "ß")])
      expect(filter(text)).toBe(true);
    for (const text of ["x", "alice", "prod/apis"]) expect(filter(text)).toBe(false);
  });
});

describe("the line of a filter in the audit log", () => {
  test("has each part that is set, and no other", () => {
    expect(describeFilter(none, "keys")).toBe("view=keys");
    expect(describeFilter({ ...none, removed: false, text: "" }, "metadata")).toBe("view=metadata");
    const all = {
      ...{ namespace: "a", keyPattern: "b*", state: "expiring" as const, withinMs: 5000, folder: "", removed: true },
      text: 'x "y"',
    };
    expect(describeFilter({ ...none, ...all }, "full")).toBe(
      'view=full namespace=a keyPattern=b* state=expiring within=5000ms folder= removed text="x \\"y\\""',
    );
  });

  test("a page token is for one user, one selection and one view", () => {
    const caller = { tenant: "default", slug: "alice", roles: [], admin: false, operator: false, grants: [] };
    const own = JSON.stringify(bindingOf(caller, none, "keys"));
    const others = [
      bindingOf({ ...caller, slug: "bob" }, none, "keys"),
      bindingOf({ ...caller, tenant: "other" }, none, "keys"),
      bindingOf(caller, none, "full"),
      bindingOf(caller, { ...none, key: "a" }, "keys"),
      bindingOf(caller, { ...none, id: "a" }, "keys"),
      bindingOf(caller, { ...none, keys: ["a"] }, "keys"),
      bindingOf(caller, { ...none, keys: ["a", "b"] }, "keys"),
      bindingOf(caller, { ...none, ids: ["a"] }, "keys"),
      bindingOf(caller, { ...none, ids: ["a", "b"] }, "keys"),
      bindingOf(caller, { ...none, namespace: "a" }, "keys"),
      bindingOf(caller, { ...none, text: "a" }, "keys"),
    ].map((each) => JSON.stringify(each));
    expect(new Set([own, ...others]).size).toBe(others.length + 1);
  });
});
