import { type Db, type Document, MongoServerError, type ObjectId } from "mongodb";
import { JournalDiffersError } from "../../../audit/journal-error.ts";
import type { ChainedRecord } from "../../../audit/record.ts";
import { StoreError } from "../../store-error.ts";
import type { ProofReply } from "../read/bounded-fence.ts";
import { fromRecord, recordName, toRecord } from "../rows/audit-row.ts";
import type { Named } from "../rows/schema.ts";
import { requireWritten } from "./require-written.ts";

/** Stores records that are in a journal. */
export interface AccessShipper {
  /**
   * Resolves when a majority has the records, also when it had them before. Throws `JournalDiffersError` when there are
   * others in their places.
   */
  ship(records: readonly ChainedRecord[]): Promise<ProofReply>;
  /** Records of a chain after a position, in their order. */
  recordsAfter(chain: string, position: number): Promise<readonly ChainedRecord[]>;
}

const duplicateKey = 11_000;

/** Records of one page. */
const pageRecords = 1_000;

/** As a command: the driver's own insertion hides the reply, which names the election. */
export function createAccessShipper(db: Db, maxTimeMs: number): AccessShipper {
  const access = db.collection<Named>("access");

  async function requireSame(records: readonly ChainedRecord[]): Promise<void> {
    const macs = new Map(records.map((record) => [recordName(record.chain, record.position), record]));
    const found = await access.find({ _id: { $in: [...macs.keys()] } }, { maxTimeMS: maxTimeMs }).toArray();
    for (const document of found) {
      const record = macs.get(document._id);
      if (record === undefined || Buffer.compare(toRecord(document).mac, record.mac) === 0) continue;
      throw new JournalDiffersError(record.chain);
    }
    requireWritten(found.length, records.length);
  }

  return {
    async ship(records) {
      const documents = records.map(fromRecord);
      const reply = await writeToMajority(db, { insert: "access", documents, ordered: false }, maxTimeMs);
      const errors: readonly Document[] = reply.writeErrors ?? [];
      const other = errors.find(({ code }) => code !== duplicateKey);
      if (other !== undefined) throw new MongoServerError({ message: "an insertion failed", code: other.code });
      requireWritten(reply.n + errors.length, documents.length);
      const repeated = errors.flatMap(({ index }) => records[index] ?? []);
      if (repeated.length > 0) await requireSame(repeated);
      return reply;
    },
    async recordsAfter(chain, position) {
      const within = { $gt: recordName(chain, position), $lte: recordName(chain, Number.MAX_SAFE_INTEGER) };
      const options = { sort: { _id: 1 }, limit: pageRecords, maxTimeMS: maxTimeMs } as const;
      return (await access.find({ _id: within }, options).toArray()).map(toRecord);
    },
  };
}

interface WriteReply extends ProofReply {
  readonly writeErrors?: readonly Document[];
}

/** A write whose only purpose is that a majority of the members has it. */
export async function proveMajority(db: Db, maxTimeMs: number): Promise<ProofReply> {
  const update = { q: { _id: "primaries" }, u: { $inc: { count: 1 } }, upsert: true };
  const reply = await writeToMajority(db, { update: "meta", updates: [update] }, maxTimeMs);
  if (reply.writeErrors !== undefined)
    throw new StoreError("unavailable", "MongoDB did not write", { fault: "changed" });
  requireWritten(reply.n, 1);
  return reply;
}

/** Sends a command with the write concern of the store, and throws unless it was fulfilled. */
async function writeToMajority(db: Db, command: Document, maxTimeMs: number): Promise<WriteReply> {
  const { w = "majority" } = db.writeConcern ?? {};
  const writeConcern = { w, j: true, wtimeout: maxTimeMs };
  const reply: Document = await db.command({ ...command, writeConcern, maxTimeMS: maxTimeMs });
  if (reply.writeConcernError !== undefined) {
    throw new StoreError("unavailable", "MongoDB did not confirm a write", { fault: "no-majority" });
  }
  const electionId: ObjectId | undefined = reply.electionId;
  const { n, writeErrors } = reply;
  return { n, electionId: electionId?.toHexString(), ...(writeErrors === undefined ? {} : { writeErrors }) };
}
