import { AuditUnavailableError } from "../audit/access-log.ts";
import type { AuditExport } from "../audit/export.ts";
import type { AuditRecord } from "../audit/record.ts";
import type { Store } from "./store.ts";

/**
 * A store whose audit records are exported, too. What is only to be done once it is recorded waits for both. A change is not
 * begun while the export fails; one that is stored when the export begins to fail stays, and its line is written later.
 */
export function exportedStore(store: Store, audit: AuditExport): Store {
  const afterwards = async (records: readonly AuditRecord[]) => {
    await audit.write(records).catch((error: unknown) => {
      if (!(error instanceof AuditUnavailableError)) throw error;
    });
  };
  return {
    ...store,
    async appendAccess(records) {
      await Promise.all([store.appendAccess(records), audit.write(records)]);
    },
    async commitSecrets(commit) {
      audit.requireHealthy();
      const outcome = await store.commitSecrets(commit);
      if (outcome.status === "committed") await afterwards(commit.audit);
      return outcome;
    },
    async commitIdentity(commit) {
      audit.requireHealthy();
      const outcome = await store.commitIdentity(commit);
      if (outcome === "committed") await afterwards(commit.audit);
      return outcome;
    },
    async close() {
      await store.close();
      await audit.close();
    },
  };
}
