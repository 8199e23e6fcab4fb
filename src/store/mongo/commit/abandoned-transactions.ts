import type { Document, MongoClient } from "mongodb";

/** No transaction of a process that lives waits so long between two commands; if one does after all, it is begun anew. */
const idleMs = 2_000;

/** How often to look at most. */
const everyMs = 1_000;

/**
 * Ends transactions whose process is gone. When a process dies in the middle of one, MongoDB keeps it, and the locks on its
 * documents, for a minute. Only sessions of this user that call themselves `appName` are touched. What fails is left to
 * that minute. Any number of callers share one look.
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
