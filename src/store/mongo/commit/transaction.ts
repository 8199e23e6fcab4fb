import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  type ClientSession,
  type Collection,
  type Db,
  type Document,
  type FindOptions,
  type MongoClient,
  MongoNetworkError,
  type TransactionOptions,
} from "mongodb";
import type { Chain } from "../../../audit/chain.ts";
import type { AuditRecord } from "../../../audit/record.ts";
import { StoreError } from "../../store-error.ts";
import { isDuplicateKey, isTransient, isWriteConflict, withFault } from "../connect/failure.ts";
import type { ReadFence } from "../read/read-fence.ts";
import type { RestoreMark } from "../restore/restore-mark.ts";
import { fromRecord } from "../rows/audit-row.ts";
import type { Named } from "../rows/schema.ts";
import { requireWritten } from "./require-written.ts";
import { createUnknownOutcomes, type SentTransaction } from "./unknown-outcomes.ts";

// How a commit is tried, tried again and settled. `createTransactions` is the loop around `attempt`, which sends a
// transaction once. What became of a commit that MongoDB did not answer is found out in unknown-outcomes.ts.

/** What a transaction writes: one commit, or several that concern different secrets. */
export interface Content {
  /** Returns false when something is not as expected; the transaction must then not be committed. */
  write(session: ClientSession, operation: string): Promise<boolean>;
  /** Appended to the chain of changes in the same transaction. */
  readonly audit: readonly AuditRecord[];
  /**
   * Whether the transaction with this operation id is in the database. Only called when there is no audit record to
   * look for.
   */
  wasWritten(operation: string, options: FindOptions): Promise<boolean>;
  /** What is stored in the last audit record in addition, but is not a part of it. */
  note?(): Document | undefined;
  /** Called once the transaction is committed. Uncertain: it may have been an earlier attempt than the last one. */
  committed?(isCertain: boolean): void;
  /** True when several commits share it, so that it is not worth trying again as a whole. */
  readonly isShared: boolean;
}

export interface TransactionsOptions {
  readonly client: MongoClient;
  readonly db: Db;
  readonly chain: Chain;
  /** While this process restores, nothing is written without its mark. */
  readonly mark: RestoreMark;
  readonly fence: Pick<ReadFence, "read">;
  /** How long a single command may take on the server. */
  readonly commandMs: number;
  /** Called while another transaction stays in the way. Never rejects. */
  readonly endAbandoned: () => Promise<void>;
}

export interface Transactions {
  /**
   * Writes all of the content, with its audit records, or nothing. `conflict`: something is not as expected, or another
   * transaction was in the way of a shared one. Must be called one at a time: each transaction assigns the next
   * positions of the chain. Throws `StoreError`: `unknown-outcome` when a commit was sent and its outcome was not known
   * by the deadline.
   */
  run(content: Content, deadlineMs: number): Promise<"committed" | "conflict">;
}

const firstPauseMs = 5;
const longestPauseMs = 250;

/**
 * Tries a transaction again after transient errors. When a commit was sent and not answered, first finds out what
 * became of it.
 */
export function createTransactions(options: TransactionsOptions): Transactions {
  const { client, db, chain, mark, fence, commandMs, endAbandoned } = options;
  const changes = db.collection<Named>("changes");
  const acknowledged = client.writeConcern === undefined ? {} : { writeConcern: client.writeConcern };
  const attemptOptions: AttemptOptions = { changes, mark, acknowledged, commandMs };
  const unknownOutcomes = createUnknownOutcomes({ changes, fence, commandMs });

  /** Attempts until the outcome is known. A later attempt has the same operation id, so that it never happens twice. */
  async function runIn(
    session: ClientSession,
    content: Content,
    deadlineMs: number,
  ): Promise<"committed" | "conflict"> {
    let attempted = prepareAttempt(chain, content);
    let isUnanswered = false;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const ending = await attempt(attempted, session, attemptOptions).catch((error: unknown): Ending => {
        // When an earlier commit may already be stored, the failure of a later attempt says nothing about it.
        if (!isUnanswered) throw error;
        return "again";
      });
      isUnanswered ||= ending === "unanswered";
      const known = isUnanswered && ending !== "committed" ? await unknownOutcomes.findOut(attempted) : ending;
      if (known === "committed") {
        attempted.moveOn();
        unknownOutcomes.dropAfter(attempted);
        content.committed?.(!isUnanswered);
        return "committed";
      }
      if (ending === "conflict" && known !== "unknown") {
        if (!(await unknownOutcomes.settle())) return "conflict";
        attempted = prepareAttempt(chain, content);
        isUnanswered = false;
      } else if (Date.now() + pauseMs >= deadlineMs) {
        throw giveUp(attempted, isUnanswered);
      }
      if (ending === "blocked" && pauseMs === longestPauseMs) await endAbandoned();
      await delay(pauseMs * (0.5 + Math.random()));
    }
  }

  function giveUp(attempted: Attempted, isUnanswered: boolean): StoreError {
    if (!isUnanswered) return new StoreError("unavailable", "the store could not write in time");
    unknownOutcomes.add(attempted);
    return new StoreError("unknown-outcome", "the store may or may not have written");
  }

  return {
    async run(content, deadlineMs) {
      await unknownOutcomes.settle();
      const session = client.startSession();
      try {
        return await runIn(session, content, deadlineMs);
      } finally {
        await session.endSession();
      }
    },
  };
}

/** A transaction, from its first attempt on. */
interface Attempted extends SentTransaction {
  readonly content: Content;
}

/**
 * How one attempt ended. `again`: nothing was written, for a reason that passes, or the same commit may be sent once
 * more; `blocked`: another transaction was in the way; `unanswered`: the commit was sent, and its outcome is not known.
 */
type Ending = "committed" | "conflict" | "again" | "blocked" | "unanswered";

/** Where and how a transaction is written. */
interface AttemptOptions extends Pick<TransactionsOptions, "mark" | "commandMs"> {
  /** The collection of the audit records of changes. */
  readonly changes: Collection<Named>;
  /** What a commit waits for. */
  readonly acknowledged: Pick<TransactionOptions, "writeConcern">;
}

const concerns: TransactionOptions = {
  readConcern: { level: "snapshot" },
  readPreference: "primary",
};

/** A transaction that writes the content, and appends its audit records to the chain. Sends nothing yet. */
function prepareAttempt(chain: Chain, content: Content): Attempted {
  const operation = randomBytes(12).toString("hex");
  if (content.audit.length === 0) return { content, operation, records: [], moveOn: () => undefined };
  const { chained, commit } = chain.extend(content.audit);
  return { content, operation, records: chained, moveOn: commit };
}

/**
 * Sends all of it once. Throws `StoreError` when another attempt would fail in the same way; nothing is written then.
 */
async function attempt(attempted: Attempted, session: ClientSession, options: AttemptOptions): Promise<Ending> {
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
    if (isSent) return isTransient(error) ? "again" : "unanswered";
    await session.abortTransaction();
    if (error instanceof StoreError) throw error;
    if (isDuplicateKey(error) || (attempted.content.isShared && isWriteConflict(error))) return "conflict";
    if (isWriteConflict(error)) return "blocked";
    if (isTransient(error) || error instanceof MongoNetworkError) return "again";
    throw withFault("unavailable", "the store could not write", error);
  }
}

async function writeAll(
  { content, operation, records }: Attempted,
  session: ClientSession,
  { changes, mark, commandMs }: AttemptOptions,
): Promise<boolean> {
  await mark.hold(session);
  if (!(await content.write(session, operation))) return false;
  const [last, ...others] = records.map(fromRecord).reverse();
  if (last === undefined) return true;
  const documents = [...others.reverse(), { ...last, ...content.note?.() }];
  const { insertedCount } = await changes.insertMany(documents, { session, maxTimeMS: commandMs });
  requireWritten(insertedCount, records.length);
  return true;
}
