import type { Db, Document } from "mongodb";
import { limits } from "../../../limits.ts";
import type { SecretCommit } from "../../secret-store.ts";
import type { RestoreMark } from "../restore/restore-mark.ts";
import { historyIndex, idempotencyIndexes } from "../rows/schema.ts";

export interface CommitCleanup {
  /** Must be called after a commit, which may have made older versions and idempotency records obsolete. */
  after(commit: SecretCommit): void;
  /** Deletes what is left to delete. */
  close(): Promise<void>;
}

/** How much newer an idempotency record must be than the one after which old records were last dropped. */
const idempotencyEveryMs = 60_000;

/**
 * Between two deletions. Sent after each commit, they would compete with the next one for the journal of the server.
 *
 * With one caller 1.1 times as many saves of one secret for the same processor time as with a deletion after each
 * (`npm run bench:parts -- --only cleanup`).
 */
const everyMs = 1_000;

/**
 * Drops versions and idempotency records that are no longer retained, once a second for all commits. This happens
 * outside of the commits, which are faster without it; until then no caller is shown them. The next commit of the same
 * kind drops what a crash leaves over.
 */
export function createCommitCleanup(
  db: Db,
  mark: Pick<RestoreMark, "isTaken">,
  maxTimeMs: number,
  pauseMs = everyMs,
): CommitCleanup {
  const history = db.collection("history");
  const idempotency = db.collection("idempotency");
  /** The filter of each secret: a later one of the same secret takes the place of an earlier one. */
  let oldVersions = new Map<string, Document>();
  let forgottenBeforeMs = 0;
  let forgetBeforeMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const isNeeded = () => oldVersions.size > 0 || forgetBeforeMs > forgottenBeforeMs;

  async function run(): Promise<void> {
    timer = undefined;
    const [filters, createdAtMs] = [[...oldVersions.values()], forgetBeforeMs];
    oldVersions = new Map();
    const isForgetting = createdAtMs > forgottenBeforeMs;
    forgottenBeforeMs = createdAtMs;
    // A restore that began since has rows of its own. A failed deletion leaves the same as a crash.
    if (!mark.isTaken()) {
      await Promise.allSettled([dropVersions(filters), isForgetting ? dropIdempotency(createdAtMs) : undefined]);
    }
    running = undefined;
    if (isNeeded()) plan();
  }

  function start(): Promise<void> {
    running = run();
    return running;
  }

  function plan(): void {
    if (running !== undefined) return;
    timer ??= setTimeout(start, pauseMs);
    timer.unref();
  }

  async function dropVersions(filters: readonly Document[]): Promise<void> {
    if (filters.length === 0) return;
    const deletions = filters.map((filter) => ({ deleteMany: { filter, hint: historyIndex.name } }));
    await history.bulkWrite(deletions, { ordered: false, maxTimeMS: maxTimeMs });
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
        const of = [secret.tenant, secret.key, secret.createdAtMs].join("\0");
        oldVersions.set(of, filter);
      }
      const beforeMs = record === undefined ? 0 : record.createdAtMs - limits.idempotencyMs;
      if (beforeMs >= forgottenBeforeMs + idempotencyEveryMs) forgetBeforeMs = beforeMs;
      if (isNeeded()) plan();
    },
    async close() {
      await running;
      clearTimeout(timer);
      if (isNeeded()) await start();
      clearTimeout(timer);
    },
  };
}
