import { type Collection, MongoBulkWriteError } from "mongodb";
import type { Chain } from "../../../audit/chain.ts";
import type { AuditRecord } from "../../../audit/record.ts";
import { isDuplicateKey, withFault } from "../connect/failure.ts";
import { fromRecord } from "../rows/audit-row.ts";
import type { Named } from "../rows/schema.ts";
import { requireWritten } from "./require-written.ts";

/** Takes records of access. A journal takes them before they are in the database. */
export interface AccessWriter {
  append(records: readonly AuditRecord[]): Promise<void>;
  /** Throws while it takes no records, as far as this is known without trying. */
  requireRoom(): void;
  /** Resolves when everything that was appended before is in the database. */
  flush(): Promise<void>;
  /** Waits for appends that are running. */
  close(): Promise<void>;
}

interface Waiting {
  readonly records: readonly AuditRecord[];
  readonly stored: PromiseWithResolvers<void>;
}

/** Records of one insertion. With more, the first ones would only wait for the last. */
const appendRecords = 1_000;

/**
 * Appends to the chain of access, one insertion at a time, acknowledged as commits are: a record that a new primary
 * does not have would leave a gap that looks like an edit. The positions of a failed insertion stay taken, because some
 * of its records may be stored. They are inserted again before anything else.
 *
 * 20 times as many records when 64 come together (`npm run bench:parts -- --only access-writer`).
 */
export function createAccessWriter(access: Collection<Named>, chain: Chain, maxTimeMs: number): AccessWriter {
  let waiting: Waiting[] = [];
  let unsettled: readonly Named[] = [];
  let running: Promise<void> | undefined;

  async function insert(documents: readonly Named[]): Promise<void> {
    if (documents.length === 0) return;
    try {
      const written = await access.insertMany([...documents], { ordered: false, maxTimeMS: maxTimeMs });
      requireWritten(written.insertedCount, documents.length);
    } catch (error) {
      // Only this process writes to its chain, so an existing record is the same one.
      if (!isOnlyRepeated(error)) throw error;
    }
  }

  async function append(records: readonly AuditRecord[]): Promise<void> {
    await insert(unsettled);
    const { chained, commit } = chain.extend(records);
    unsettled = chained.map(fromRecord);
    commit();
    await insert(unsettled);
    unsettled = [];
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const group = takeGroup();
      try {
        await append(group.flatMap(({ records }) => records));
        for (const { stored } of group) stored.resolve();
      } catch (error) {
        const failure = withFault("unavailable", "the record could not be stored", error);
        for (const { stored } of group) stored.reject(failure);
      }
    }
    running = undefined;
  }

  function takeGroup(): Waiting[] {
    let size = 0;
    const end = waiting.findIndex(({ records }, at) => {
      size += records.length;
      return at > 0 && size > appendRecords;
    });
    const group = end < 0 ? waiting : waiting.slice(0, end);
    waiting = end < 0 ? [] : waiting.slice(end);
    return group;
  }

  return {
    append(records) {
      const stored = Promise.withResolvers<void>();
      waiting.push({ records, stored });
      running ??= run();
      return stored.promise;
    },
    requireRoom: () => {},
    // Nothing is appended before it is in the database.
    flush: async () => {},
    close: async () => running,
  };
}

function isOnlyRepeated(error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) return false;
  const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return errors.length > 0 && errors.every((each) => isDuplicateKey(each) || each.code === 11_000);
}
