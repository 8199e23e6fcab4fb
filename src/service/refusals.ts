import { countFailedAuthentications } from "../admission/failed-authentication.ts";
import { countLimitedCalls } from "../admission/limited-calls.ts";
import type { AuditRecord } from "../audit/record.ts";
import type { Caller } from "../rules/caller.ts";
import type { Context } from "../rules/context.ts";

/** Counts and records calls that are refused before they reach a service. */
export function countRefusals({ accessLog, now }: Context) {
  const options = { now, record: (records: readonly AuditRecord[]) => accessLog.record(records) };
  const failures = countFailedAuthentications(options);
  const limited = countLimitedCalls(options);
  return {
    get refusedCredentials() {
      return failures.total;
    },
    onRefused: (peer: string) => failures.count(peer),
    onLimited: (caller: Caller) => limited.count(caller),
    flush: () => Promise.all([failures.flush(), limited.flush()]),
  };
}
