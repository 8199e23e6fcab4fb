import { MongoServerError } from "mongodb";

/** How long one attempt waits for a transaction that is in its way, and for how long it is tried again. */
const attemptMs = 1_000;
const allMs = 30_000;

/** What a server says when a lock did not come in time. */
const heldUpCodes: readonly unknown[] = [24, 50, 112];

/**
 * Runs a write that may have to wait for a transaction: that of a process that was killed holds its locks until somebody ends
 * it, which is done between attempts. `write` gets how long a single attempt may take on the server.
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
      const isHeldUp = error instanceof MongoServerError && heldUpCodes.includes(error.code);
      if (!isHeldUp || Date.now() >= deadlineMs) throw error;
      await endAbandoned();
    }
  }
}
