import { randomBytes } from "node:crypto";
import { borrowTestDatabase } from "./mongo/test-database.ts";

/** Where the service of a test keeps its data. */
export interface StoreSettings {
  /** For the service: empty for the embedded store. */
  readonly environment: Readonly<Record<string, string>>;
  /** The address of MongoDB; undefined for the embedded store. */
  readonly mongoUri: string | undefined;
  /** Deletes what is in MongoDB. */
  drop(): Promise<void>;
}

/** A new, empty store of the kind that this run of the tests is for: vitest has a project for each. */
export async function temporaryStore(): Promise<StoreSettings> {
  if (process.env.TEST_STORE !== "mongodb") return { environment: {}, mongoUri: undefined, drop: async () => {} };
  const { uri, drop } = await borrowTestDatabase();
  const key = randomBytes(32).toString("base64");
  // `TEST_AUDIT_SYNC=process vitest run --project mongodb test/api` runs any tests with a journal.
  const sync = process.env.TEST_AUDIT_SYNC;
  const journal = sync === undefined ? {} : { SECRET_SVC_AUDIT_SYNC: sync };
  return { environment: { SECRET_SVC_STORE: uri, OB_ENCRYPTION_KEY: key, ...journal }, mongoUri: uri, drop };
}
