import type { Follower } from "../../files/follow-files.ts";
import type { JournalOptions, JournalPlace } from "../access-journals.ts";
import type { Store } from "../store.ts";
import { StoreError } from "../store-error.ts";
import { connect, defaultTimes, type StoreTimes } from "./connect/connect.ts";
import { prepareDatabase } from "./connect/prepare-database.ts";
import { migrateDatabase } from "./migrations/migrate.ts";
import { createMongoStore } from "./mongo-store.ts";

export interface MongoStoreOptions {
  /** `mongodb://` or `mongodb+srv://`, with the name of the database; may hold a password. */
  readonly uri: string;
  readonly times?: Partial<StoreTimes>;
  /** Whether a database with an older schema version is migrated. Otherwise it is refused. */
  readonly migrates?: boolean;
  /**
   * Members that have a write on disk before it is acknowledged. `primary` loses writes: the failure suite uses it to
   * prove that it notices.
   */
  readonly acknowledgedBy?: "majority" | "primary";
  /** Undefined: the record of a read is in the database before the value leaves. */
  readonly journal?: JournalOptions | undefined;
  /** Where earlier processes may have left journals, also when this one has none. */
  readonly leftJournals?: JournalPlace | undefined;
  /** Reads the certificates of the connection again when they change. */
  readonly follower?: Follower | undefined;
}

/**
 * Opens the store in a replica set of MongoDB, which any number of processes may share. Reads are from the primary, and
 * see what a majority of the members has. Writes are acknowledged when they are durable on a majority. Throws
 * `StoreError`: its message shows the operator what to change, and contains no more of the address than its hosts.
 */
export async function openMongoStore(options: MongoStoreOptions): Promise<Store> {
  const times = { ...defaultTimes, ...options.times };
  const { uri, follower } = options;
  const w = options.acknowledgedBy === "primary" ? 1 : "majority";
  const hasJournal = options.journal !== undefined;
  const { client, db, watch } = await connect({ uri, times, w, follower, hasJournal });
  try {
    const maxTimeMs = times.commandMs;
    const migrate = options.migrates === true ? () => migrateDatabase(db, { maxTimeMs }) : undefined;
    await prepareDatabase(db, { maxTimeMs, migrate });
    const { journal, leftJournals } = options;
    const store = createMongoStore({ client, db, watch, times, journal, leftJournals });
    const changed = await store.changedLayout();
    if (changed.length > 0) throw new StoreError("unavailable", changed.join("; "), { fault: "changed" });
    return store;
  } catch (error) {
    await client.close();
    throw error;
  }
}
