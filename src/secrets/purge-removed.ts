import type { AuditRecord } from "../audit/record.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { isFailure, verify } from "./verified-secret.ts";

/** Secrets of one commit. */
const commitSecrets = 100;

/**
 * Deletes removed secrets for good once they cannot be brought back any more, with their versions. Who removed them is in
 * the audit log, and so is this. A document that does not verify stays: that it was removed is not known. Answers how many.
 */
export async function purgeRemoved(context: Context): Promise<number> {
  const untilMs = context.now() - limits.undeleteMs;
  let purged = 0;
  for (;;) {
    const found = await context.store.listRemoved(untilMs, commitSecrets);
    const due = found.filter((secret) => !isFailure(verify(context, secret)));
    const before = purged;
    for (const [tenant, secrets] of Map.groupBy(due, (secret) => secret.tenant)) {
      const outcome = await context.store.commitSecrets({
        tenant,
        changes: [],
        purges: secrets.map(({ key, version }) => ({ key, version, keepCurrent: false })),
        audit: secrets.map((secret) => purgeRecord(context, secret)),
        idempotency: undefined,
      });
      // Otherwise somebody has brought one back, or purged it: the others go the next time.
      if (outcome.status === "committed") purged += secrets.length;
    }
    if (found.length < commitSecrets || purged === before) return purged;
  }
}

function purgeRecord(context: Context, { tenant, key, version }: StoredSecret): AuditRecord {
  const entry = { action: "secret.purge", decision: "allowed", rule: "undelete-window", key, version } as const;
  return anonymousRecord(tenant, context.now(), entry);
}
