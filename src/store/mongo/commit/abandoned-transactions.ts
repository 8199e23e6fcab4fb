import type { Document, MongoClient } from "mongodb";

/**
 * No transaction of a running process waits this long between two commands. If one does after all, it is started again.
 */
const idleMs = 2_000;

/** The shortest time between two searches. */
const everyMs = 1_000;

/**
 * Ends transactions whose process is gone. When a process dies in the middle of one, MongoDB holds the transaction, and
 * the locks on its documents, for a minute. Only sessions of this user with this `appName` are ended. When that fails,
 * the transaction ends after its minute. Any number of callers share one search.
 */
export function createAbandonedTransactions(
  client: MongoClient,
  appName: string,
  maxTimeMs: number,
): () => Promise<void> {
  let looking: Promise<void> | undefined;
  let lookedAtMs = -Infinity;

  async function look(): Promise<void> {
    const admin = client.db("admin");
    const stages: Document[] = [
      { $currentOp: { idleSessions: true, allUsers: false } },
      { $match: { type: "idleSession", appName, "transaction.timeInactiveMicros": { $gte: idleMs * 1_000 } } },
      { $project: { lsid: 1 } },
    ];
    try {
      const idle = await admin.aggregate(stages, { maxTimeMS: maxTimeMs, readConcern: { level: "local" } }).toArray();
      const sessions = idle.map(({ lsid }) => ({ id: lsid.id }));
      if (sessions.length > 0) await admin.command({ killSessions: sessions, maxTimeMS: maxTimeMs });
    } catch {
      // Not permitted here, or no primary at the moment.
    }
    looking = undefined;
  }

  return () => {
    if (looking !== undefined) return looking;
    const nowMs = performance.now();
    if (nowMs - lookedAtMs < everyMs) return Promise.resolve();
    lookedAtMs = nowMs;
    looking = look();
    return looking;
  };
}
