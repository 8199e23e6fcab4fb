import type { Collection, FindOptions } from "mongodb";
import type { ChainedRecord } from "../../../audit/record.ts";
import type { ReadFence } from "../read/read-fence.ts";
import { recordName, toRecord } from "../rows/audit-row.ts";
import type { Named } from "../rows/schema.ts";

/** A transaction whose commit may have been sent. */
export interface SentTransaction {
  /** Its id, which each document that it writes has. */
  readonly operation: string;
  readonly records: readonly ChainedRecord[];
  readonly content: {
    /** Whether the transaction with this operation id is in the database. */
    wasWritten(operation: string, options: FindOptions): Promise<boolean>;
  };
  /** Moves the audit chain on, past the records. */
  moveOn(): void;
}

/** Finds out what became of transactions whose commit was sent and not answered, once a server answers again. */
export interface UnknownOutcomes {
  /** Never rejects. What only the primary has may still be lost, so it is `unknown` until a majority has it. */
  findOut(sent: SentTransaction): Promise<"committed" | "absent" | "unknown">;
  /**
   * Adds one that was given up. Those that are added all have the next positions of the chain, so at most one is
   * stored.
   */
  add(sent: SentTransaction): void;
  /** Whether one of those that were added turned out to be stored: the chain then goes on after it. */
  settle(): Promise<boolean>;
  /**
   * `stored` has the next positions of the chain, if it has audit records: those that were added are then not stored.
   */
  dropAfter(stored: SentTransaction): void;
}

export interface UnknownOutcomesOptions {
  readonly changes: Collection<Named>;
  /** A primary that was replaced does not know what became of a commit. */
  readonly fence: Pick<ReadFence, "read">;
  /** How long a single command may take on the server. */
  readonly commandMs: number;
}

export function createUnknownOutcomes({ changes, fence, commandMs }: UnknownOutcomesOptions): UnknownOutcomes {
  let givenUp: SentTransaction[] = [];

  async function isThere(
    { content, operation, records }: SentTransaction,
    level: "local" | "majority",
  ): Promise<boolean> {
    const options = { readConcern: { level }, maxTimeMS: commandMs };
    const [first] = records;
    if (first === undefined) return content.wasWritten(operation, options);
    const found = await changes.findOne({ _id: { $eq: recordName(first.chain, first.position) } }, options);
    return found !== null && Buffer.compare(toRecord(found).mac, first.mac) === 0;
  }

  async function findOut(sent: SentTransaction): Promise<"committed" | "absent" | "unknown"> {
    try {
      if (!(await fence.read(() => isThere(sent, "local")))) return "absent";
      return (await fence.read(() => isThere(sent, "majority"))) ? "committed" : "unknown";
    } catch {
      return "unknown";
    }
  }

  return {
    findOut,
    add(sent) {
      if (sent.records.length > 0) givenUp.push(sent);
    },
    async settle() {
      for (const sent of givenUp) {
        if ((await findOut(sent)) !== "committed") continue;
        sent.moveOn();
        givenUp = [];
        return true;
      }
      return false;
    },
    dropAfter({ records }) {
      if (records.length > 0) givenUp = [];
    },
  };
}
