import { join } from "node:path";
import type { JournalOptions, JournalPlace } from "../access-journals.ts";
import type { Store } from "../store.ts";
import { openForReading } from "./database.ts";
import { guarded, toStoreError } from "./failure.ts";
import { type PrepareOptions, prepareFiles } from "./prepare-files.ts";
import { createSqliteStore } from "./sqlite-store.ts";
import { startWriter, type Writer } from "./writer.ts";

export interface SqliteStoreOptions extends Partial<Pick<PrepareOptions, "migrates" | "traces">> {
  /** Created when missing, closed to everyone but its owner. Holds `secrets.db` and `audit.db`. */
  readonly directory: string;
  /** What access records survive. `process`: a crash of the process; `full`: also a crash of the machine. */
  readonly auditSync: "process" | "disk" | "full";
  /** Where records of access are before they are in `audit.db`. Undefined: they are in there before a value leaves. */
  readonly journal?: JournalOptions | undefined;
  /** Where earlier processes may have left journals, also when this one has none. */
  readonly leftJournals?: JournalPlace | undefined;
  /** Delays every commit, so that tests can simulate a slow disk. Default 0. */
  readonly commitDelayMs?: number;
  /** Pages that each file has at most, so that tests can simulate a full disk. Default: no limit. */
  readonly pagesMax?: number;
  /** Secrets that are cached at most; 0 caches none. Default 1,000. */
  readonly cachedSecretsMax?: number;
}

/**
 * Opens the embedded store. Reads run on this thread, and see the latest commit. Writes run in one thread for each
 * file, which puts everything that waits into one transaction. Throws `StoreError`, also for a file with
 * another schema version that is not migrated, and for a store of which a part is missing.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const secretsPath = join(options.directory, "secrets.db");
  const accessPath = join(options.directory, "audit.db");
  const { directory, migrates = false, traces = [], commitDelayMs = 0, pagesMax } = options;
  guarded("the data directory could not be prepared", () => prepareFiles({ directory, migrates, traces }));
  const accessSync = options.auditSync === "process" ? "NORMAL" : "FULL";
  const [changes, access] = await startBoth([
    startWriter({ path: secretsPath, sink: "changes", synchronous: "FULL", commitDelayMs, pagesMax }),
    startWriter({ path: accessPath, sink: "access", synchronous: accessSync, commitDelayMs, pagesMax }),
  ]);
  try {
    const secretsDb = openForReading(secretsPath);
    const accessDb = openForReading(accessPath);
    const { cachedSecretsMax, journal, leftJournals } = options;
    return createSqliteStore({ changes, access, secretsDb, accessDb, cachedSecretsMax, journal, leftJournals });
  } catch (error) {
    await Promise.all([changes.close(), access.close()]);
    throw toStoreError("the store could not be opened", error);
  }
}

/** Starts both or neither: a thread that is left over would keep the process alive. */
async function startBoth(starting: [Promise<Writer>, Promise<Writer>]): Promise<[Writer, Writer]> {
  try {
    return await Promise.all(starting);
  } catch (error) {
    for (const result of await Promise.allSettled(starting)) {
      if (result.status === "fulfilled") await result.value.close();
    }
    throw error;
  }
}
