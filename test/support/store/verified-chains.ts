import { createHmac } from "node:crypto";
import { expect } from "vitest";
import { chainStartMac } from "../../../src/audit/chain.ts";
import { type ChainedRecord, encodeAuditRecord } from "../../../src/audit/record.ts";
import type { AuditQuery } from "../../../src/store/audit-page.ts";
import type { Store } from "../../../src/store/store.ts";
import { auditKey, tenant } from "./rows.ts";

/** All records of a store, oldest position first within each chain, with their MACs computed again. */
export async function verifiedChains(store: Store, tenants: readonly string[] = [tenant]): Promise<ChainedRecord[][]> {
  const records: ChainedRecord[] = [];
  for (const name of tenants) records.push(...(await everyRecord(store, { tenant: name, limit: 1000 })));
  const chains = await store.listChains();
  return chains.map(({ chain, sink, startedAtMs, mac }) => {
    let previous: Uint8Array = chainStartMac(auditKey, chain, sink, startedAtMs);
    expect(new Uint8Array(mac)).toEqual(new Uint8Array(previous));
    const ofChain = records.filter((record) => record.chain === chain).sort((a, b) => a.position - b.position);
    for (const [at, record] of ofChain.entries()) {
      expect(record.position).toBe(at + 1);
      const bytes = encodeAuditRecord(chain, record.position, record);
      previous = createHmac("sha256", auditKey).update(previous).update(bytes).digest();
      expect(new Uint8Array(record.mac)).toEqual(new Uint8Array(previous));
    }
    return ofChain;
  });
}

/** All records that a query selects, page by page. */
export async function everyRecord(store: Store, query: AuditQuery): Promise<ChainedRecord[]> {
  const records: ChainedRecord[] = [];
  for (;;) {
    const last = records.at(-1);
    const page = await store.listAudit(last === undefined ? query : { ...query, after: last });
    records.push(...page);
    if (page.length < query.limit) return records;
  }
}
