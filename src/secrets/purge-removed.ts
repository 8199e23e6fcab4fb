import type { AuditRecord } from "../audit/record.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { isFailure, putBackFailure, verify } from "./verified-secret.ts";

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
    const intact = found.filter((secret) => !isFailure(verify(context, secret)));
    const before = purged;
    for (const [tenant, ofTenant] of Map.groupBy(intact, (secret) => secret.tenant)) {
      const secrets = await withoutPutBack(context, ofTenant);
      if (secrets.length === 0) continue;
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

/** A secret that was brought back must not be purged because the row of its removal was put back. */
async function withoutPutBack(context: Context, secrets: readonly StoredSecret[]): Promise<readonly StoredSecret[]> {
  const putBack = await context.lastChanges.compare(secrets, "write");
  for (const secret of putBack ?? []) putBackFailure(context, secret);
  return putBack === undefined ? secrets : secrets.filter((secret) => !putBack.has(secret));
}

function purgeRecord(context: Context, { tenant, key, version }: StoredSecret): AuditRecord {
  const entry = { action: "secret.purge", decision: "allowed", rule: "undelete-window", key, version } as const;
  return anonymousRecord(tenant, context.now(), entry);
}
