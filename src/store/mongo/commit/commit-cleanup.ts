import type { AnyBulkWriteOperation, Db, Document } from "mongodb";
import { limits } from "../../../limits.ts";
import type { SecretCommit } from "../../secret-store.ts";
import type { RestoreMark } from "../restore/restore-mark.ts";
import { historyIndex, idempotencyIndexes } from "../rows/schema.ts";

export interface CommitCleanup {
  /** Must be called after a commit, which may have made older versions and idempotency records obsolete. */
  after(commit: SecretCommit): void;
  /** Waits for deletions that are running. */
  close(): Promise<void>;
}

/** How much newer an idempotency record must be than the one after which old records were last dropped. */
const idempotencyEveryMs = 60_000;

/**
 * Drops versions and idempotency records that are no longer retained. This happens outside of the commits, which are
 * faster without it; until then no caller is shown them. The next commit of the same kind drops what a crash leaves
 * over.
 */
export function createCommitCleanup(db: Db, mark: RestoreMark, maxTimeMs: number): CommitCleanup {
  const history = db.collection("history");
  const idempotency = db.collection("idempotency");
  let oldVersions: AnyBulkWriteOperation<Document>[] = [];
  let forgottenBeforeMs = 0;
  let forgetBeforeMs = 0;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (oldVersions.length > 0 || forgetBeforeMs > forgottenBeforeMs) {
      const [deletions, createdAtMs] = [oldVersions, forgetBeforeMs];
      oldVersions = [];
      forgottenBeforeMs = createdAtMs;
      // A failed deletion leaves the same as a crash.
      await Promise.allSettled([dropVersions(deletions), dropIdempotency(createdAtMs)]);
    }
    running = undefined;
  }

  async function dropVersions(deletions: AnyBulkWriteOperation<Document>[]): Promise<void> {
    if (deletions.length > 0) await history.bulkWrite(deletions, { ordered: false, maxTimeMS: maxTimeMs });
  }

  async function dropIdempotency(createdAtMs: number): Promise<void> {
    const options = { hint: idempotencyIndexes.byAge.name, maxTimeMS: maxTimeMs };
    await idempotency.deleteMany({ createdAtMs: { $lte: createdAtMs } }, options);
  }

  return {
    after({ changes, idempotency: record }) {
      // A restore has nothing to drop, and outside of the commits the deletion could hit rows of another restore.
      if (mark.isTaken()) return;
      for (const { secret } of changes) {
        const last = secret.version - limits.historyVersions;
        if (last < 1) continue;
        // When this is sent, the secret may be purged, and another one may have its key.
        const createdAtMs = { $not: { $gt: secret.createdAtMs } };
        const filter = {
          tenant: { $eq: secret.tenant },
          key: { $eq: secret.key },
          version: { $lte: last },
          createdAtMs,
        };
        oldVersions.push({ deleteMany: { filter, hint: historyIndex.name } });
      }
      const beforeMs = record === undefined ? 0 : record.createdAtMs - limits.idempotencyMs;
      if (beforeMs >= forgottenBeforeMs + idempotencyEveryMs) forgetBeforeMs = beforeMs;
      if (oldVersions.length > 0 || forgetBeforeMs > forgottenBeforeMs) running ??= run();
    },
    close: async () => running,
  };
}
