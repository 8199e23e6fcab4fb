import type { AnyBulkWriteOperation, Db, Document } from "mongodb";
import { limits } from "../../../limits.ts";
import type { SecretCommit } from "../../store.ts";
import type { RestoreMark } from "../restore/restore-mark.ts";
import { historyIndex, idempotencyIndexes } from "../rows/schema.ts";

export interface CommitCleanup {
  /** Notes a commit: some of what was there before it may no longer be kept. */
  after(commit: SecretCommit): void;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** How much newer a record of a request has to be than the one after which the old ones were last dropped. */
const idempotencyEveryMs = 60_000;

/**
 * Drops versions and records of requests that are no longer kept, beside the commits: nobody is shown them, and a commit is
 * faster without. What is left over by a crash goes with the next commit of its kind.
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
      // What fails is left over, as by a crash.
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
      // A backup has nothing to drop, and what is dropped beside the commits could be another restore's.
      if (mark.isTaken()) return;
      for (const { secret } of changes) {
        const last = secret.version - limits.historyVersions;
        if (last < 1) continue;
        const filter = { tenant: { $eq: secret.tenant }, key: { $eq: secret.key }, version: { $lte: last } };
        oldVersions.push({ deleteMany: { filter, hint: historyIndex.name } });
      }
      const beforeMs = record === undefined ? 0 : record.createdAtMs - limits.idempotencyMs;
      if (beforeMs >= forgottenBeforeMs + idempotencyEveryMs) forgetBeforeMs = beforeMs;
      if (oldVersions.length > 0 || forgetBeforeMs > forgottenBeforeMs) running ??= run();
    },
    close: async () => running,
  };
}
