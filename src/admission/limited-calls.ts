import type { AuditRecord } from "../audit/record.ts";
import type { Caller } from "../rules/caller.ts";
import { auditRecord } from "../rules/decision-record.ts";

export interface LimitedCalls {
  count(caller: Caller): void;
  /** Records what was counted since the last flush, one record for each principal. */
  flush(): Promise<void>;
}

/** Calls over the rate limit are one audit record for each principal and minute: they must not cost what they are refused for. */
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
