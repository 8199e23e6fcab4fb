import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Db } from "mongodb";
import { StoreError } from "../../store-error.ts";
import { guarded } from "../connect/failure.ts";
import { readLayout } from "../connect/layout.ts";
import { type Named, schemaVersion } from "../rows/schema.ts";
import { type MigrationLock, type MigrationTimes, takeMigrationLock } from "./migration-lock.ts";
import type { MigrationStep } from "./step.ts";
import { migrationSteps } from "./steps.ts";

export interface MigrateOptions {
  /** How long one command may take on the server. */
  readonly maxTimeMs: number;
  readonly steps?: readonly MigrationStep[];
  readonly times?: Partial<MigrationTimes>;
}

/** A process without a heartbeat for `leaseMs` has ended. Processes that notice the migration end within `endMs`. */
const defaultTimes: MigrationTimes = { leaseMs: 20_000, pollMs: 250, endMs: 40_000 };

/**
 * Brings the database to the newest schema version of the steps. Of several processes one does so, and the others wait
 * for it. It prepares the steps, announces the migration to processes of older versions, and runs the first step when
 * they have ended. Throws `StoreError`.
 */
export async function migrateDatabase(db: Db, options: MigrateOptions): Promise<void> {
  const { maxTimeMs, steps = migrationSteps } = options;
  const times = { ...defaultTimes, ...options.times };
  const target = steps.at(-1)?.version ?? schemaVersion;
  const holder = randomBytes(8).toString("hex");
  await guarded("the database could not be migrated", async () => {
    for (;;) {
      if ((await versionOf(db, maxTimeMs)) >= target) return;
      const lock = await takeMigrationLock(db, holder, { ...times, maxTimeMs });
      if (lock === undefined) {
        await delay(times.pollMs);
        continue;
      }
      try {
        await runSteps(db, lock, { maxTimeMs, steps, times, target });
      } finally {
        await lock.release();
      }
    }
  });
}

async function runSteps(
  db: Db,
  lock: MigrationLock,
  {
    maxTimeMs,
    steps,
    times,
    target,
  }: Required<Omit<MigrateOptions, "times">> & { times: MigrationTimes; target: number },
): Promise<void> {
  const meta = db.collection<Named>("meta");
  const at = (version: number) => ({ _id: { $eq: "schema" }, version: { $eq: version } });
  const from = await versionOf(db, maxTimeMs);
  if (from >= target) return;
  const context = { db, maxTimeMs, hold: lock.hold };
  const left = steps.filter(({ version }) => version > from);
  for (const step of left) await step.prepare?.(context);
  lock.hold();
  await meta.updateOne(at(from), { $set: { migratingTo: target } }, { maxTimeMS: maxTimeMs });
  try {
    await waitForOlder(db, lock, { maxTimeMs, times, target });
  } catch (error) {
    // Nothing was changed yet, so the older processes may go on.
    await meta.updateOne(at(from), { $unset: { migratingTo: true } }, { maxTimeMS: maxTimeMs });
    throw error;
  }
  for (const step of left) {
    lock.hold();
    await step.run(context);
    const change = {
      $set: { version: step.version },
      ...(step.version === target ? { $unset: { migratingTo: true } } : {}),
    };
    await meta.updateOne(at(step.version - 1), change, { maxTimeMS: maxTimeMs });
  }
}

interface WaitOptions {
  readonly maxTimeMs: number;
  readonly times: MigrationTimes;
  readonly target: number;
}

/** Programs before schema version 2 do not notice a migration: they have to be stopped. */
async function waitForOlder(db: Db, lock: MigrationLock, { maxTimeMs, times, target }: WaitOptions): Promise<void> {
  const alive = { $gte: ["$seenAt", { $subtract: ["$$NOW", times.leaseMs] }] };
  const older = { $expr: { $and: [alive, { $lt: [{ $ifNull: ["$layout", 0] }, target] }] } };
  const deadlineMs = performance.now() + times.endMs;
  for (;;) {
    lock.hold();
    const count = await db.collection("processes").countDocuments(older, { maxTimeMS: maxTimeMs });
    if (count === 0) return;
    if (performance.now() >= deadlineMs) {
      throw new StoreError(
        "unavailable",
        `the database has to be migrated, and processes of an older version still run on it (${count}): stop them, and start ` +
          "this one again (a process that was killed counts as running for " +
          `${times.leaseMs / 1000} seconds)`,
      );
    }
    await delay(times.pollMs);
  }
}

async function versionOf(db: Db, maxTimeMs: number): Promise<number> {
  const version = (await readLayout(db, maxTimeMs))?.version;
  if (typeof version === "number") return version;
  throw new StoreError("unavailable", "the schema version of the database was deleted while it was being migrated");
}
