import { AuditUnavailableError } from "../audit/access-log.ts";
import type { AuditExport } from "../audit/export.ts";
import type { AuditRecord } from "../audit/record.ts";
import type { SecretCommitOutcome } from "./secret-store.ts";
import type { Store } from "./store.ts";
import { StoreError } from "./store-error.ts";

/**
 * A store whose audit records are also exported. An action that must not happen unrecorded waits until its record is in
 * the store and in the export. No change begins while the export fails. A change that is stored when the export begins
 * to fail stays, and its line is written later.
 */
export function exportedStore(store: Store, audit: AuditExport): Store {
  async function afterwards(records: readonly AuditRecord[]): Promise<void> {
    await audit.write(records).catch((error: unknown) => {
      if (!(error instanceof AuditUnavailableError)) throw error;
    });
  }

  /** A change that may have been made is also exported: an extra record is better than a missing one. */
  async function recorded<Outcome>(
    records: readonly AuditRecord[],
    commit: () => Promise<Outcome>,
    isMade: (outcome: Outcome) => boolean,
  ): Promise<Outcome> {
    audit.requireHealthy();
    try {
      const outcome = await commit();
      if (isMade(outcome)) await afterwards(records);
      return outcome;
    } catch (error) {
      if (error instanceof StoreError && error.kind === "unknown-outcome") await afterwards(records);
      throw error;
    }
  }

  return {
    ...store,
    async appendAccess(records) {
      await Promise.all([store.appendAccess(records), audit.write(records)]);
    },
    commitSecrets: (commit) => {
      const isMade = (outcome: SecretCommitOutcome) => outcome.status === "committed";
      return recorded(commit.audit, () => store.commitSecrets(commit), isMade);
    },
    commitIdentity: (commit) =>
      recorded(
        commit.audit,
        () => store.commitIdentity(commit),
        (outcome) => outcome === "committed",
      ),
    async close() {
      try {
        await store.close();
      } finally {
        await audit.close();
      }
    },
  };
}
