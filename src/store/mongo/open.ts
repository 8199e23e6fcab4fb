import type { Store } from "../store.ts";
import { connect, defaultTimes, type StoreTimes } from "./connect/connect.ts";
import { prepareDatabase } from "./connect/prepare-database.ts";
import { createMongoStore } from "./mongo-store.ts";

export interface MongoStoreOptions {
  /** `mongodb://` or `mongodb+srv://`, with the name of the database; may hold a password. */
  readonly uri: string;
  readonly times?: Partial<StoreTimes>;
  /** Who has a write on disk before it is acknowledged. `primary` loses writes: with it the failure suite proves that it notices. */
  readonly acknowledgedBy?: "majority" | "primary";
}

/**
 * Opens the store in a replica set of MongoDB, which any number of processes may share. Reads are from the primary, of what
 * most members have; writes are acknowledged when most members have them on disk. Throws `StoreError`, whose message tells
 * whoever runs the service what to change and holds nothing of the address but its hosts.
 */
export async function openMongoStore(options: MongoStoreOptions): Promise<Store> {
  const times = { ...defaultTimes, ...options.times };
  const { client, db, watch } = await connect(
    options.uri,
    times,
    options.acknowledgedBy === "primary" ? 1 : "majority",
  );
  try {
    await prepareDatabase(db);
    return createMongoStore({ client, db, watch, times });
  } catch (error) {
    await client.close();
    throw error;
  }
}
