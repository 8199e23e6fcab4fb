import { createHmac, createSecretKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { chainStartMac, createChain } from "../../src/audit/chain.ts";
import { type AuditRecord, encodeAuditRecord } from "../../src/audit/record.ts";
import { aRecord } from "../support/audit/record.ts";

const auditKey = createSecretKey(Buffer.alloc(32, 5));
const start = chainStartMac(auditKey, "c1.access", "access", 1_000);
const newChain = () => createChain(auditKey, "c1.access", "access", start);
const records = ["A", "B", "C"].map((key) => aRecord({ key }));

/** What the chain must be, computed anew. */
function expectedMacs(of: readonly AuditRecord[], from: Uint8Array = start, position = 0): string[] {
  let previous = Buffer.from(from);
  return of.map((record, at) => {
    const bytes = encodeAuditRecord("c1.access", position + at + 1, record);
    previous = createHmac("sha256", Buffer.alloc(32, 5)).update(previous).update(bytes).digest();
    return previous.toString("hex");
  });
}

const hex = (chained: readonly { mac: Uint8Array }[]) => chained.map(({ mac }) => Buffer.from(mac).toString("hex"));

describe("threat 102: a chain of audit records", () => {
  test("numbers from 1 and ties each record to the one before", () => {
    const { chained } = newChain().extend(records);
    expect(chained.map(({ position, chain, key }) => ({ position, chain, key }))).toEqual([
      { position: 1, chain: "c1.access", key: "A" },
      { position: 2, chain: "c1.access", key: "B" },
      { position: 3, chain: "c1.access", key: "C" },
    ]);
    expect(hex(chained)).toEqual(expectedMacs(records));
  });

  test("goes on from what was committed", () => {
    const chain = newChain();
    const first = chain.extend(records.slice(0, 2));
    first.commit();
    const second = chain.extend(records.slice(2));
    expect([...hex(first.chained), ...hex(second.chained)]).toEqual(expectedMacs(records));
    expect(second.chained[0]?.position).toBe(3);
  });

  test("an extension that is rolled back leaves no gap", () => {
    const chain = newChain();
    chain.extend(records);
    chain.extend(records.slice(0, 1)).commit();
    const { chained } = chain.extend(records.slice(1));
    expect(chained.map(({ position }) => position)).toEqual([2, 3]);
    expect(hex(chained)).toEqual(expectedMacs(records).slice(1));
  });

  test("nothing to record moves nothing", () => {
    const chain = newChain();
    const empty = chain.extend([]);
    expect(empty.chained).toEqual([]);
    empty.commit();
    expect(hex(chain.extend(records).chained)).toEqual(expectedMacs(records));
  });

  test("an edited, dropped or reordered record gives other MACs from there on", () => {
    const macs = expectedMacs(records);
    const [a, b, c] = records as [AuditRecord, AuditRecord, AuditRecord];
    const others = [
      [{ ...a, key: "X" }, b, c],
      [b, c],
      [b, a, c],
      [a, { ...b, decision: "denied" as const }, c],
    ];
    for (const other of others) expect(hex(newChain().extend(other).chained).at(-1)).not.toBe(macs[2]);
  });

  test("starts differ by key, chain, sink and time", () => {
    const starts = [
      start,
      chainStartMac(createSecretKey(Buffer.alloc(32, 6)), "c1.access", "access", 1_000),
      chainStartMac(auditKey, "c2.access", "access", 1_000),
      chainStartMac(auditKey, "c1.access", "changes", 1_000),
      chainStartMac(auditKey, "c1.access", "access", 1_001),
    ].map((mac) => mac.toString("hex"));
    expect(new Set(starts).size).toBe(starts.length);
  });
});
