import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type ClientSession, type Db, type MongoClient, MongoNetworkError, type TransactionOptions } from "mongodb";
import type { Chain } from "../../audit/chain.ts";
import type { ChainedRecord } from "../../audit/record.ts";
import { StoreError } from "../store.ts";
import { fromRecord, recordName, toRecord } from "./audit-row.ts";
import type { Content } from "./content.ts";
import { isDuplicateKey, isTransient, isWriteConflict, toStoreError } from "./failure.ts";
import type { Named } from "./schema.ts";

export interface TransactionOptionsOfStore {
  readonly client: MongoClient;
  readonly db: Db;
  readonly chain: Chain;
  /** How long a single command may take on the server. */
  readonly commandMs: number;
  /** Called while another transaction stays in the way. Never rejects. */
  readonly endAbandoned: () => Promise<void>;
}

export interface Transactions {
  /**
   * Writes all of the content, with its audit records, or nothing. `conflict`: something is not as expected, or another
   * transaction was in the way of a shared one. One at a time: positions of the chain are assigned in the transaction. Throws
   * `StoreError`: `unknown-outcome` when a commit was sent and until the deadline nobody could be asked what came of it.
   */
  run(content: Content, deadlineMs: number): Promise<"committed" | "conflict">;
}

/** A transaction, from its first attempt on. */
interface Attempted {
  readonly content: Content;
  /** In each document that it writes. */
  readonly operation: string;
  readonly records: readonly ChainedRecord[];
  /** Moves the chain on. */
  moveOn(): void;
}

type Ending = "committed" | "conflict" | "again" | "blocked" | "in doubt";

const concerns: TransactionOptions = {
  readConcern: { level: "snapshot" },
  readPreference: "primary",
};

const firstPauseMs = 5;
const longestPauseMs = 250;

export function createTransactions(options: TransactionOptionsOfStore): Transactions {
  const { client, db, chain, commandMs, endAbandoned } = options;
  const changes = db.collection<Named>("changes");
  const acknowledged = client.writeConcern === undefined ? {} : { writeConcern: client.writeConcern };
  // Those whose commit was sent and not answered in time: at most one of them holds the next positions of the chain.
  let doubts: Attempted[] = [];

  async function isThere({ content, operation, records }: Attempted, level: "local" | "majority"): Promise<boolean> {
    const options = { readConcern: { level }, maxTimeMS: commandMs };
    const [first] = records;
    if (first === undefined) return content.wasWritten(operation, options);
    const found = await changes.findOne({ _id: { $eq: recordName(first.chain, first.position) } }, options);
    return found !== null && Buffer.compare(toRecord(found).mac, first.mac) === 0;
  }

  /** What the primary has, but most members have not, may still be lost: of that, too, nothing is known yet. */
  async function findOut(attempted: Attempted): Promise<"committed" | "absent" | "unknown"> {
    try {
      if (!(await isThere(attempted, "local"))) return "absent";
      return (await isThere(attempted, "majority")) ? "committed" : "unknown";
    } catch {
      return "unknown";
    }
  }

  /** If one turns out to be stored after all, the chain goes on after it. */
  async function settleDoubts(): Promise<boolean> {
    for (const attempted of doubts) {
      if ((await findOut(attempted)) !== "committed") continue;
      attempted.moveOn();
      doubts = [];
      return true;
    }
    return false;
  }

  function prepare(content: Content): Attempted {
    const operation = randomBytes(12).toString("hex");
    if (content.audit.length === 0) return { content, operation, records: [], moveOn: () => undefined };
    const { chained, commit } = chain.extend(content.audit);
    return { content, operation, records: chained, moveOn: commit };
  }

  async function writeAll({ content, operation, records }: Attempted, session: ClientSession): Promise<boolean> {
    if (!(await content.write(session, operation))) return false;
    if (records.length > 0) await changes.insertMany(records.map(fromRecord), { session, maxTimeMS: commandMs });
    return true;
  }

  async function attempt(attempted: Attempted, session: ClientSession): Promise<Ending> {
    session.startTransaction({ ...concerns, ...acknowledged, maxCommitTimeMS: commandMs });
    let isSent = false;
    try {
      if (!(await writeAll(attempted, session))) {
        await session.abortTransaction();
        return "conflict";
      }
      isSent = true;
      await session.commitTransaction();
      return "committed";
    } catch (error) {
      if (isSent) return isTransient(error) ? "again" : "in doubt";
      await session.abortTransaction();
      if (isDuplicateKey(error) || (attempted.content.isShared && isWriteConflict(error))) return "conflict";
      if (isWriteConflict(error)) return "blocked";
      if (isTransient(error) || error instanceof MongoNetworkError) return "again";
      throw toStoreError("unavailable", "the store could not write", error);
    }
  }

  /** Attempts until it is known what came of it. A later attempt keeps the operation id, so that it never happens twice. */
  async function runIn(
    session: ClientSession,
    content: Content,
    deadlineMs: number,
  ): Promise<"committed" | "conflict"> {
    let attempted = prepare(content);
    let isInDoubt = false;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const ending = await attempt(attempted, session).catch((error: unknown): Ending => {
        // Of a commit that may be there already, a later attempt that fails tells nothing.
        if (!isInDoubt) throw error;
        return "again";
      });
      isInDoubt ||= ending === "in doubt";
      const known = isInDoubt && ending !== "committed" ? await findOut(attempted) : ending;
      if (known === "committed") {
        attempted.moveOn();
        doubts = [];
        return "committed";
      }
      if (ending === "conflict" && known !== "unknown") {
        if (!(await settleDoubts())) return "conflict";
        attempted = prepare(content);
        isInDoubt = false;
      } else if (Date.now() + pauseMs >= deadlineMs) {
        throw giveUp(attempted, isInDoubt);
      }
      if (ending === "blocked" && pauseMs === longestPauseMs) await endAbandoned();
      await delay(pauseMs * (0.5 + Math.random()));
    }
  }

  function giveUp(attempted: Attempted, isInDoubt: boolean): StoreError {
    if (!isInDoubt) return new StoreError("unavailable", "the store could not write in time");
    if (attempted.records.length > 0) doubts.push(attempted);
    return new StoreError("unknown-outcome", "the store may or may not have written");
  }

  return {
    async run(content, deadlineMs) {
      await settleDoubts();
      const session = client.startSession();
      try {
        return await runIn(session, content, deadlineMs);
      } finally {
        await session.endSession();
      }
    },
  };
}
