import type { AuditRecord } from "../audit/record.ts";
import type { Caller } from "../rules/caller.ts";
import { auditRecord } from "../rules/decision-record.ts";

export interface LimitedCalls {
  count(caller: Caller): void;
  /** Records the counts since the last flush, one record for each principal. */
  flush(): Promise<void>;
}

/**
 * Writes one audit record for each principal and minute with calls over the rate limit. A record for each call would
 * cost the very work that the limit is there to avoid.
 */
export function countLimitedCalls(options: {
  now(): number;
  readonly record: (records: readonly AuditRecord[]) => Promise<void>;
}): LimitedCalls {
  const counts = new Map<string, { readonly caller: Caller; count: number }>();
  return {
    count(caller) {
      const name = `${caller.tenant}/${caller.slug}`;
      const entry = counts.get(name) ?? { caller, count: 0 };
      entry.count += 1;
      counts.set(name, entry);
    },
    async flush() {
      if (counts.size === 0) return;
      const timeMs = options.now();
      const records = [...counts.values()].map(({ caller, count }) => {
        const call = { caller, requestId: "", peer: "" };
        return auditRecord(call, timeMs, { action: "call", decision: "refused", rule: "rate-limited", count });
      });
      counts.clear();
      await options.record(records);
    },
  };
}
