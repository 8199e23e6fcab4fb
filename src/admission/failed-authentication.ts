import type { AuditRecord } from "../audit/record.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import { firstTenant } from "../rules/secret-key.ts";
import { networkOf } from "./admission.ts";

/** Addresses counted separately between two flushes. All others share a record: a flood must not fill memory or log. */
const addressesMax = 100;

const otherAddresses = "other addresses";

export interface FailedAuthentications {
  /** Since the start of the process. */
  readonly total: number;
  count(peer: string): void;
  /** Records the counts since the last flush, one record for each address. Called once a minute and on shutdown. */
  flush(): Promise<void>;
}

/**
 * Counts refused credentials, and writes one audit record for each address and minute, the /64 network of an IPv6
 * address counting as one: an attacker cannot fill the log.
 * No tenant was proven, so the records go to the log of the first tenant, where its admins see them.
 */
export function countFailedAuthentications(options: {
  now(): number;
  readonly record: (records: readonly AuditRecord[]) => Promise<void>;
}): FailedAuthentications {
  let total = 0;
  const counts = new Map<string, number>();
  return {
    get total() {
      return total;
    },
    count(peer) {
      total += 1;
      const network = networkOf(peer);
      const name = counts.has(network) || counts.size < addressesMax ? network : otherAddresses;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    async flush() {
      if (counts.size === 0) return;
      const timeMs = options.now();
      const entry = { action: "authenticate", decision: "denied", rule: "unauthenticated" } as const;
      const records = [...counts].map(([peer, count]) =>
        anonymousRecord(firstTenant, timeMs, { ...entry, count }, peer),
      );
      counts.clear();
      await options.record(records);
    },
  };
}
