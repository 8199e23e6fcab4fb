import { Binary, type Db } from "mongodb";
import type { AuditCheckpoint } from "../../../audit/checkpoint.ts";
import { isDuplicateKey } from "../connect/failure.ts";
import { recordName } from "../rows/audit-row.ts";
import type { Named } from "../rows/schema.ts";

/**
 * Stores a checkpoint, then drops the records up to it. A reader in between finds records that the checkpoint reports
 * as dropped. After a crash in between, the next checkpoint drops them.
 */
export async function dropAudit(db: Db, checkpoint: AuditCheckpoint, maxTimeMs: number): Promise<void> {
  const { chain, sink, position, lastMac, lastTimeMs, mac } = checkpoint;
  const fields = { sink, position, lastMac: new Binary(lastMac), lastTimeMs, mac: new Binary(mac) };
  const filter = { _id: { $eq: chain }, position: { $lt: position } };
  try {
    await db
      .collection<Named>("checkpoints")
      .updateOne(filter, { $set: fields }, { upsert: true, maxTimeMS: maxTimeMs });
  } catch (error) {
    // There already is a checkpoint that is as late or later.
    if (!isDuplicateKey(error)) throw error;
  }
  const dropped = { _id: { $gte: recordName(chain, 0), $lte: recordName(chain, position) } };
  await db.collection<Named>(sink).deleteMany(dropped, { maxTimeMS: maxTimeMs });
}
