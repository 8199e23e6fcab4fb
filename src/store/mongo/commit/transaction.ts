import { setTimeout as delay } from "node:timers/promises";
import type { ClientSession, Db, MongoClient } from "mongodb";
import type { Chain } from "../../../audit/chain.ts";
import { StoreError } from "../../store-error.ts";
import type { RestoreMark } from "../restore/restore-mark.ts";
import type { Named } from "../rows/schema.ts";
import { type Attempted, type AttemptOptions, attempt, type Ending, prepareAttempt } from "./attempt.ts";
import type { Content } from "./content.ts";
import { createDoubts } from "./unknown-outcomes.ts";

export interface TransactionOptionsOfStore {
  readonly client: MongoClient;
  readonly db: Db;
  readonly chain: Chain;
  readonly mark: RestoreMark;
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

const firstPauseMs = 5;
const longestPauseMs = 250;

export function createTransactions(options: TransactionOptionsOfStore): Transactions {
  const { client, db, chain, mark, commandMs, endAbandoned } = options;
  const changes = db.collection<Named>("changes");
  const acknowledged = client.writeConcern === undefined ? {} : { writeConcern: client.writeConcern };
  const attemptOptions: AttemptOptions = { changes, mark, acknowledged, commandMs };
  const doubts = createDoubts(changes, commandMs);

  /** Attempts until it is known what came of it. A later attempt keeps the operation id, so that it never happens twice. */
  async function runIn(
    session: ClientSession,
    content: Content,
    deadlineMs: number,
  ): Promise<"committed" | "conflict"> {
    let attempted = prepareAttempt(chain, content);
    let isInDoubt = false;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const ending = await attempt(attempted, session, attemptOptions).catch((error: unknown): Ending => {
        // Of a commit that may be there already, a later attempt that fails tells nothing.
        if (!isInDoubt) throw error;
        return "again";
      });
      isInDoubt ||= ending === "in doubt";
      const known = isInDoubt && ending !== "committed" ? await doubts.findOut(attempted) : ending;
      if (known === "committed") {
        attempted.moveOn();
        doubts.forgetFor(attempted);
        return "committed";
      }
      if (ending === "conflict" && known !== "unknown") {
        if (!(await doubts.settle())) return "conflict";
        attempted = prepareAttempt(chain, content);
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
    doubts.keep(attempted);
    return new StoreError("unknown-outcome", "the store may or may not have written");
  }

  return {
    async run(content, deadlineMs) {
      await doubts.settle();
      const session = client.startSession();
      try {
        return await runIn(session, content, deadlineMs);
      } finally {
        await session.endSession();
      }
    },
  };
}
