import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord } from "../rules/decision-record.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import type { RecordedReader } from "../store/audit-page.ts";
import { requireKeyRecords } from "./key-records.ts";

/** Readers of a secret, the latest first. */
export interface KeyUsage {
  readonly key: string;
  readonly readers: readonly RecordedReader[];
}

const action = "audit.usage";

/** Says who last read secrets, by the newest records of each. For callers who may see the records of all of them. */
export async function listUsage(
  context: Context,
  call: IdentityCall,
  keys: readonly string[],
): Promise<readonly KeyUsage[]> {
  checkKeys(keys);
  const fieldOf = (index: number) => `keys[${index}]`;
  const seen = await requireKeyRecords(context, call, action, keys, fieldOf);
  const nowMs = context.now();
  // Recorded before they are read: no reader may be shown unrecorded.
  await context.accessLog.record(
    [...Map.groupBy(seen, ({ rule }) => rule)].map(([rule, group]) => {
      const names = group.map(({ key }) => key);
      return auditRecord(call, nowMs, { action, decision: "allowed", rule, count: names.length, names });
    }),
  );
  const { usageReaders: readers, usageRecords: records } = limits;
  const found = await context.store.newestReaders(call.caller.tenant, seen, { readers, records });
  return seen.map(({ key }, at) => ({ key, readers: found[at] ?? [] }));
}

function checkKeys(keys: readonly string[]): void {
  const limit = limits.usageKeys;
  if (keys.length === 0) {
    throw new SecretError({ reason: "INVALID_FIELD", message: "keys must name a secret", field: "keys" });
  }
  if (keys.length > limit) {
    const message = `keys must have at most ${limit} entries`;
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field: "keys", limit, actual: keys.length });
  }
  for (const [index, key] of keys.entries()) requireWellFormed(`keys[${index}]`, keyProblem(key), index);
}
