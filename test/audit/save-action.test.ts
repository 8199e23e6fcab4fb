import { expect, test } from "vitest";
import { isPlan, outcomeOf } from "../../src/audit/save-action.ts";

const record = (action: string, fields: object = {}) => ({
  ...{ action, filter: "", key: "alice/A", version: 2, decision: "allowed" },
  ...fields,
});

test.each([
  ["secret.plan", "created", true],
  ["secret.plan", "", true],
  ["secret.save", "validateOnly", true],
  ["secret.remove", "validateOnly", true],
  ["secret.save", "", false],
  ["secret.remove", "", false],
  ["secret.restore", "validateOnly", false],
  ["secret.read", "validateOnly", false],
])("%s with the filter %j is a plan: %s", (action, filter, isOne) => {
  expect(isPlan({ action, filter })).toBe(isOne);
});

test.each([
  ["a plan, by its filter", record("secret.plan", { filter: "forbidden", decision: "denied" }), "forbidden"],
  ["a plan with another filter", record("secret.plan", { filter: "other" }), undefined],
  ["a plan of older programs", record("secret.save", { filter: "validateOnly" }), undefined],
  ["a first save", record("secret.save", { version: 1 }), "created"],
  ["a save under a key that was removed", record("secret.save", { filter: "created" }), "created"],
  ["a later save", record("secret.save"), "updated"],
  ["metadata without a value", record("secret.save", { filter: "place" }), undefined],
  ["a removal", record("secret.remove"), "removed"],
  ["a restore", record("secret.restore", { filter: "version=1" }), "updated"],
  ["a restore of a removed secret", record("secret.restore", { filter: "version=1 created" }), "created"],
  ["a save that changed nothing", record("secret.unchanged", { version: 0 }), "unchanged"],
  ["a refusal", record("secret.save", { decision: "denied" }), undefined],
  ["a batch without a key", record("secret.save", { key: "" }), undefined],
  ["a record without a version", record("secret.save", { version: 0 }), undefined],
  ["something else", record("secret.read"), undefined],
] as const)("%s", (_what, given, outcome) => {
  expect(outcomeOf(given as Parameters<typeof outcomeOf>[0])).toBe(outcome);
});
