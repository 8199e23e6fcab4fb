import { describe, expect, test } from "vitest";
import { type AuditFilter, checkAuditFilter, describeAuditFilter, queryOf } from "../../src/audit-log/audit-filter.ts";
import { SecretError } from "../../src/error.ts";
import { limits } from "../../src/limits.ts";

const none: AuditFilter = {
  ...{ key: "", keyPattern: "", principal: "", action: "", actions: [] },
  ...{ decision: undefined, fromMs: undefined, toMs: undefined },
};
const failureOf = (fields: Partial<AuditFilter>) => {
  try {
    checkAuditFilter({ ...none, ...fields });
  } catch (error) {
    if (error instanceof SecretError) return error.failures[0];
    throw error;
  }
  return undefined;
};
const all: Partial<AuditFilter> = {
  ...{ keyPattern: "a/*", principal: "alice", actions: ["secret.read", "secret.save", "secret.read"] },
  ...{ decision: "denied", fromMs: 0, toMs: 5 },
};

describe("a filter of the audit log", () => {
  test("is checked field by field", () => {
    expect([failureOf({}), failureOf(all), failureOf({ key: "a", action: "x" })]).toEqual(Array(3).fill(undefined));
    for (const field of ["key", "principal", "action"] as const) {
      for (const text of ["a b", "é", "a\n"]) {
        expect(failureOf({ [field]: text })).toMatchObject({ reason: "INVALID_FIELD", field });
      }
      expect(failureOf({ [field]: "a".repeat(limits.keyBytes) })).toBeUndefined();
      expect(failureOf({ [field]: "é".repeat(limits.keyBytes + 1) })).toMatchObject({
        ...{ reason: "LIMIT_EXCEEDED", field, limit: limits.keyBytes, actual: 2 * limits.keyBytes + 2 },
      });
    }
    expect(failureOf({ keyPattern: "a b" })).toMatchObject({ field: "keyPattern" });
  });

  test("has actions with a limit, each of which is checked", () => {
    const actions = (count: number) => Array.from({ length: count }, () => "secret.read");
    expect(failureOf({ actions: actions(limits.auditActions) })).toBeUndefined();
    expect(failureOf({ actions: actions(limits.auditActions + 1) })).toMatchObject({
      ...{ reason: "LIMIT_EXCEEDED", field: "actions", limit: limits.auditActions, actual: limits.auditActions + 1 },
    });
    expect(failureOf({ actions: ["a", "", "b"] })).toMatchObject({ reason: "INVALID_FIELD", field: "actions[1]" });
  });

  test("has one action or several, and a key or a pattern", () => {
    expect(failureOf({ action: "a", actions: ["b"] })).toMatchObject({
      reason: "CONFLICTING_FIELDS",
      field: "actions",
    });
    expect(failureOf({ key: "a", keyPattern: "b*" })).toMatchObject({
      reason: "CONFLICTING_FIELDS",
      field: "keyPattern",
    });
  });

  test("asks the store for what is set, and for nothing else", () => {
    expect(queryOf(none)).toEqual({});
    expect(queryOf({ ...none, ...all })).toEqual({
      ...{ keyGlob: "a/*", principal: "alice", actions: ["secret.read", "secret.save"] },
      ...{ decision: "denied", fromMs: 0, toMs: 5 },
    });
    expect(queryOf({ ...none, key: "a", action: "x" })).toEqual({ key: "a", actions: ["x"] });
  });

  test("is described in one line", () => {
    expect(describeAuditFilter(none)).toBe("");
    expect(describeAuditFilter({ ...none, ...all })).toBe(
      "keyPattern=a/* principal=alice action=secret.read,secret.save decision=denied fromMs=0 toMs=5",
    );
    expect(describeAuditFilter({ ...none, key: "a", action: "x" })).toBe("key=a action=x");
  });
});
