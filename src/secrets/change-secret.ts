import { commitWithRetries } from "../rules/commit-with-retries.ts";
import type { Context } from "../rules/context.ts";
import { type AuditEntry, auditRecord, type CallInfo, refuse } from "../rules/decision-record.ts";
import type { NeededPermit, SecretPurge } from "../store/secret-store.ts";
import { commitWithinQuotas } from "./commit-within-quotas.ts";
import { type SecretFields, type SecretPlaintext, sealDocument } from "./document.ts";
import type { SavePlan } from "./plan-save.ts";

/** What a decision writes. */
export interface Write {
  readonly fields: SecretFields;
  readonly plaintext: SecretPlaintext;
  readonly expectedVersion: number;
  readonly formerLists?: Extract<SavePlan, { kind: "write" }>["formerLists"] | undefined;
  readonly permit?: NeededPermit | undefined;
}

/** A decision on one secret. */
export interface Decided<Result> {
  /** Absent: nothing changes. */
  readonly write?: Write | undefined;
  readonly purges?: readonly SecretPurge[];
  /** What is recorded of it, under the action of the change unless it names another one. */
  readonly entry: Omit<AuditEntry, "action"> & { readonly action?: string };
  readonly result: Result;
}

/**
 * Decides on one secret and carries it out, with one audit record. When another writer was faster, it is decided again.
 * `decide` gets the ids that turned out to belong to other secrets. A change that only takes away ignores quotas.
 */
export async function changeSecret<Result>(
  context: Context,
  call: CallInfo,
  { action, key, grows }: { readonly action: string; readonly key: string; readonly grows: boolean },
  decide: (takenIds: ReadonlySet<string>) => Promise<Decided<Result>>,
): Promise<Result> {
  const takenIds = new Set<string>();
  return commitWithRetries({
    async attempt() {
      const { write, purges = [], entry, result } = await decide(takenIds);
      const audit = [auditRecord(call, context.now(), { action, ...entry })];
      if (write === undefined && purges.length === 0) {
        await context.accessLog.record(audit);
        return { status: "nothing-to-commit", result };
      }
      const changes = write === undefined ? [] : [toChange(context, write)];
      const permits = write?.permit === undefined ? [] : [write.permit];
      const commit = { tenant: call.caller.tenant, changes, purges, audit, idempotency: undefined, permits };
      const outcome = grows
        ? await commitWithinQuotas(context, call, action, commit)
        : await context.store.commitSecrets(commit);
      if (outcome.status === "id-taken" && write !== undefined) takenIds.add(write.fields.id);
      return { status: outcome.status, result };
    },
    contention: { message: "other writers changed this secret during every attempt; try again", key },
    refuse: (failure) => refuse(context, call, action, [failure]),
  });
}

function toChange({ keyring }: Context, { fields, plaintext, expectedVersion, formerLists }: Write) {
  return { secret: sealDocument(keyring, fields, plaintext), expectedVersion, formerLists };
}
