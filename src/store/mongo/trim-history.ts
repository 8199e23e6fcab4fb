import type { AnyBulkWriteOperation, Db, Document } from "mongodb";
import { limits } from "../../secrets/limits.ts";
import type { SecretChange } from "../store.ts";

export interface HistoryTrim {
  /** Notes secrets that were written: of each some old version may be one too many by now. */
  add(changes: readonly SecretChange[]): void;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/**
 * Drops versions that are no longer kept, beside the commits: nobody is shown them, and a commit is faster without. What is
 * left over by a crash goes when its secret is saved again.
 */
export function createHistoryTrim(db: Db, maxTimeMs: number): HistoryTrim {
  const history = db.collection("history");
  let pending: AnyBulkWriteOperation<Document>[] = [];
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (pending.length > 0) {
      const deletions = pending;
      pending = [];
      await history.bulkWrite(deletions, { ordered: false, maxTimeMS: maxTimeMs }).catch(() => undefined);
    }
    running = undefined;
  }

  return {
    add(changes) {
      for (const { secret } of changes) {
        const last = secret.version - limits.historyVersions;
        if (last < 1) continue;
        const filter = { tenant: { $eq: secret.tenant }, key: { $eq: secret.key }, version: { $lte: last } };
        pending.push({ deleteMany: { filter, hint: "version" } });
      }
      if (pending.length > 0) running ??= run();
    },
    close: async () => running,
  };
}
