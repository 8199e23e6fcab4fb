import { expect, it } from "vitest";
import { checkAudit, checkChains, checkOrder, checkRevocations } from "../support/failure/checks.ts";
import { createHistory } from "../support/failure/history.ts";
import type { AuditEvent } from "../support/failure/service-call.ts";

const event = (action: string, version: number, more: Partial<AuditEvent> = {}): AuditEvent => {
  const fixed = { principal: "admin", key: "K", decision: "AUDIT_DECISION_ALLOWED", chain: "c", position: "1" };
  return { ...fixed, action, version, ...more };
};

it("misses records of changes and of reads, and sees a version that was made twice", () => {
  const save = event("secret.save", 1);
  expect(checkAudit([save], ["K 1"], new Map())).toEqual([]);
  expect(checkAudit([], ["K 1"], new Map())).toEqual(["no record of the change K 1"]);
  expect(checkAudit([save, save], ["K 1"], new Map())).toEqual(["2 records of the change K 1"]);
  expect(checkAudit([event("secret.remove", 2)], [], new Map())).toEqual([
    "no record of the unacknowledged change K 1",
  ]);
  expect(checkAudit([event("secret.save", 1, { decision: "AUDIT_DECISION_DENIED" })], ["K 1"], new Map())).toHaveLength(
    1,
  );
  const reads = new Map([["admin K 1", 2]]);
  expect(checkAudit([event("secret.read", 1)], [], reads)).toEqual(["2 deliveries of admin K 1, 1 records"]);
  expect(checkAudit([event("secret.read", 1), event("secret.read", 1)], [], reads)).toEqual([]);
});

it("sees a gap in a chain", () => {
  const at = (position: number) => event("secret.read", 1, { position: String(position) });
  expect(checkChains([at(2), at(1), at(3)])).toEqual([]);
  expect(checkChains([at(1), at(3)])).toEqual(["the audit chain c has 2 records, and position 3"]);
});

it("sees a read by someone who was let out, and not one that began before", () => {
  const history = createHistory();
  const early = history.invokeRead("K", "reader");
  history.invokeWrite("K", "owner", { kind: "save", tag: "a", value: "v", open: true })({ status: "ok", version: 1 });
  history.invokeWrite("K", "owner", { kind: "save", tag: "b", open: false })({ status: "ok", version: 2 });
  const late = history.invokeRead("K", "reader");
  const saw = { version: 1, tag: "a", value: "v" };
  early({ kind: "read", as: "reader", saw });
  expect(checkRevocations(history)).toEqual([]);
  expect(checkOrder(history)).toEqual([]);
  late({ kind: "read", as: "reader", saw });
  expect(checkRevocations(history)).toEqual(["K: version 1 was read after its readers were revoked"]);
  expect(checkOrder(history)).toHaveLength(1);
});
