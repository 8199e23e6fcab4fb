import type { Db } from "mongodb";
import { StoreError } from "../../store-error.ts";
import { isDuplicateKey } from "../connect/failure.ts";
import type { Named } from "../rows/schema.ts";

export interface MigrationTimes {
  /** A process that was not seen for this long has ended. */
  readonly leaseMs: number;
  /** Between two looks at what another process does. */
  readonly pollMs: number;
  /** How long processes of older versions have to end. */
  readonly endMs: number;
}

/** Only one process migrates. The lock passes to another one when its holder is not heard of any more. */
export interface MigrationLock {
  /** Throws `StoreError` when the lock was lost. */
  readonly hold: () => void;
  release(): Promise<void>;
}

/** Undefined while another process has the lock. All times are those of the server. */
export async function takeMigrationLock(
  db: Db,
  holder: string,
  { leaseMs, maxTimeMs }: MigrationTimes & { readonly maxTimeMs: number },
): Promise<MigrationLock | undefined> {
  const meta = db.collection<Named>("meta");
  const own = { _id: { $eq: "migration" }, holder: { $eq: holder } };
  const seen = { $currentDate: { seenAt: true } } as const;
  const isLeft = { $lt: ["$seenAt", { $subtract: ["$$NOW", leaseMs] }] };
  const left = { _id: { $eq: "migration" }, $expr: isLeft };
  const { matchedCount } = await meta.updateOne(left, { $set: { holder }, ...seen }, { maxTimeMS: maxTimeMs });
  try {
    if (matchedCount === 0) await meta.updateOne(own, seen, { upsert: true, maxTimeMS: maxTimeMs });
  } catch (error) {
    if (isDuplicateKey(error)) return undefined;
    throw error;
  }
  let renewedMs = performance.now();
  const renew = async () => {
    const startedMs = performance.now();
    const renewed = await meta.updateOne(own, seen, { maxTimeMS: maxTimeMs });
    renewedMs = renewed.matchedCount === 1 ? startedMs : -Infinity;
  };
  // A renewal that failed is tried again; the lock is lost when none has succeeded in time.
  const timer = setInterval(() => void renew().catch(() => undefined), leaseMs / 4);
  return {
    hold() {
      if (performance.now() - renewedMs < leaseMs) return;
      throw new StoreError(
        "unavailable",
        "the migration was interrupted, or another process has taken it over; start again",
      );
    },
    async release() {
      clearInterval(timer);
      await meta.deleteOne(own, { maxTimeMS: maxTimeMs });
    },
  };
}
