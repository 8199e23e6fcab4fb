import { MongoServerError } from "mongodb";

/** How long one attempt waits for the lock of another transaction, and how long all attempts together may take. */
const attemptMs = 1_000;
const allMs = 30_000;

/** The server's codes when a lock was not free in time. */
const lockedCodes: readonly unknown[] = [24, 50, 112];

/**
 * Runs a write that may have to wait for the lock of a transaction. The transaction of a process that was killed holds
 * its locks until it is ended, so abandoned transactions are ended between the attempts. `write` is called with the
 * time that a single attempt may take on the server.
 */
export async function retryWhileLocked<T>(
  endAbandoned: () => Promise<void>,
  write: (maxTimeMs: number) => Promise<T>,
): Promise<T> {
  const deadlineMs = Date.now() + allMs;
  for (;;) {
    try {
      return await write(attemptMs);
    } catch (error) {
      const isLocked = error instanceof MongoServerError && lockedCodes.includes(error.code);
      if (!isLocked || Date.now() >= deadlineMs) throw error;
      await endAbandoned();
    }
  }
}
