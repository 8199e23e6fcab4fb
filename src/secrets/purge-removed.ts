import type { AuditRecord } from "../audit/record.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { isFailure, verify } from "./verified-secret.ts";

/** Secrets in one commit. */
const commitSecrets = 100;

/**
 * Permanently deletes removed secrets, with their versions, once they can no longer be brought back. The audit log has
 * both the removal and this purge. A document that does not verify stays, because its removal is not certain, and does
 * not hold up the others. Returns how many were deleted.
 */
export async function purgeRemoved(context: Context): Promise<number> {
  const untilMs = context.now() - limits.undeleteMs;
  let purged = 0;
  for (let stay = 0; ; ) {
    const found = await context.store.listRemoved(untilMs, commitSecrets, stay);
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
      // Otherwise another process has brought one back, or purged it. The rest is purged next time.
      if (outcome.status === "committed") purged += secrets.length;
    }
    if (found.length < commitSecrets) return purged;
    stay += found.length - (purged - before);
  }
}

function purgeRecord(context: Context, { tenant, key, version }: StoredSecret): AuditRecord {
  const entry = { action: "secret.purge", decision: "allowed", rule: "undelete-window", key, version } as const;
  return anonymousRecord(tenant, context.now(), entry);
}
