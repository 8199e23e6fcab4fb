import type { Collection } from "mongodb";
import { recordName, toRecord } from "../rows/audit-row.ts";
import type { Named } from "../rows/schema.ts";
import type { Attempted } from "./attempt.ts";

/** Transactions whose commit was sent and not answered: what came of them, once somebody can be asked. */
export interface Doubts {
  /** Never rejects. What the primary has, but most members have not, may still be lost: that is `unknown`, too. */
  findOut(attempted: Attempted): Promise<"committed" | "absent" | "unknown">;
  /** Keeps one that was given up. At most one of those holds the next positions of the chain. */
  keep(attempted: Attempted): void;
  /** Whether one that was kept turned out to be stored: the chain then goes on after it. */
  settle(): Promise<boolean>;
  /** When one with audit records was stored, it has the next positions of the chain, so those that were kept are not stored. */
  forgetFor(stored: Attempted): void;
}

/** `commandMs`: how long a single command may take on the server. */
export function createDoubts(changes: Collection<Named>, commandMs: number): Doubts {
  let kept: Attempted[] = [];

  async function isThere({ content, operation, records }: Attempted, level: "local" | "majority"): Promise<boolean> {
    const options = { readConcern: { level }, maxTimeMS: commandMs };
    const [first] = records;
    if (first === undefined) return content.wasWritten(operation, options);
    const found = await changes.findOne({ _id: { $eq: recordName(first.chain, first.position) } }, options);
    return found !== null && Buffer.compare(toRecord(found).mac, first.mac) === 0;
  }

  async function findOut(attempted: Attempted): Promise<"committed" | "absent" | "unknown"> {
    try {
      if (!(await isThere(attempted, "local"))) return "absent";
      return (await isThere(attempted, "majority")) ? "committed" : "unknown";
    } catch {
      return "unknown";
    }
  }

  return {
    findOut,
    keep(attempted) {
      if (attempted.records.length > 0) kept.push(attempted);
    },
    async settle() {
      for (const attempted of kept) {
        if ((await findOut(attempted)) !== "committed") continue;
        attempted.moveOn();
        kept = [];
        return true;
      }
      return false;
    },
    forgetFor({ records }) {
      if (records.length > 0) kept = [];
    },
  };
}
