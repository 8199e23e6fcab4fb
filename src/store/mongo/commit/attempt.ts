import { randomBytes } from "node:crypto";
import { type ClientSession, type Collection, MongoNetworkError, type TransactionOptions } from "mongodb";
import type { Chain } from "../../../audit/chain.ts";
import type { ChainedRecord } from "../../../audit/record.ts";
import { StoreError } from "../../store-error.ts";
import { isDuplicateKey, isTransient, isWriteConflict, toStoreError } from "../connect/failure.ts";
import type { RestoreMark } from "../restore/restore-mark.ts";
import { fromRecord } from "../rows/audit-row.ts";
import type { Named } from "../rows/schema.ts";
import type { Content } from "./content.ts";

/** A transaction, from its first attempt on. */
export interface Attempted {
  readonly content: Content;
  /** In each document that it writes. */
  readonly operation: string;
  readonly records: readonly ChainedRecord[];
  /** Moves the chain on. */
  moveOn(): void;
}

/**
 * What came of one attempt. `again`: nothing was written, for a reason that passes, or the same commit may be sent once more;
 * `blocked`: another transaction was in the way; `in doubt`: the commit was sent, and what came of it is not known.
 */
export type Ending = "committed" | "conflict" | "again" | "blocked" | "in doubt";

/** Where and how a transaction is written. */
export interface AttemptOptions {
  /** Of audit records of changes. */
  readonly changes: Collection<Named>;
  /** While this process restores, nothing is written without its mark. */
  readonly mark: RestoreMark;
  /** What a commit waits for. */
  readonly acknowledged: Pick<TransactionOptions, "writeConcern">;
  /** How long a single command may take on the server. */
  readonly commandMs: number;
}

const concerns: TransactionOptions = {
  readConcern: { level: "snapshot" },
  readPreference: "primary",
};

/** A transaction that writes the content, and its audit records behind the last one of the chain. Nothing is sent yet. */
export function prepareAttempt(chain: Chain, content: Content): Attempted {
  const operation = randomBytes(12).toString("hex");
  if (content.audit.length === 0) return { content, operation, records: [], moveOn: () => undefined };
  const { chained, commit } = chain.extend(content.audit);
  return { content, operation, records: chained, moveOn: commit };
}

/** Sends all of it once. Throws `StoreError` when what is wrong would be wrong again; nothing is written then. */
export async function attempt(attempted: Attempted, session: ClientSession, options: AttemptOptions): Promise<Ending> {
  session.startTransaction({ ...concerns, ...options.acknowledged, maxCommitTimeMS: options.commandMs });
  let isSent = false;
  try {
    if (!(await writeAll(attempted, session, options))) {
      await session.abortTransaction();
      return "conflict";
    }
    isSent = true;
    await session.commitTransaction();
    return "committed";
  } catch (error) {
    if (isSent) return isTransient(error) ? "again" : "in doubt";
    await session.abortTransaction();
    if (error instanceof StoreError) throw error;
    if (isDuplicateKey(error) || (attempted.content.isShared && isWriteConflict(error))) return "conflict";
    if (isWriteConflict(error)) return "blocked";
    if (isTransient(error) || error instanceof MongoNetworkError) return "again";
    throw toStoreError("unavailable", "the store could not write", error);
  }
}

async function writeAll(
  { content, operation, records }: Attempted,
  session: ClientSession,
  { changes, mark, commandMs }: AttemptOptions,
): Promise<boolean> {
  await mark.hold(session);
  if (!(await content.write(session, operation))) return false;
  if (records.length > 0) await changes.insertMany(records.map(fromRecord), { session, maxTimeMS: commandMs });
  return true;
}
