import type { DatabaseSync } from "node:sqlite";
import type { AuditCheckpoint } from "../../audit/checkpoint.ts";
import type { Applied } from "./group-commit.ts";

/** Prepares storing a checkpoint and dropping the records up to it, in either file. */
export function createAuditDrop(db: DatabaseSync): (checkpoint: AuditCheckpoint) => Applied {
  const keep = db.prepare(`INSERT INTO checkpoints (chain, position, last_mac, last_time_ms, mac) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (chain) DO UPDATE SET position = excluded.position, last_mac = excluded.last_mac,
      last_time_ms = excluded.last_time_ms, mac = excluded.mac
    WHERE excluded.position > checkpoints.position`);
  const drop = db.prepare("DELETE FROM audit WHERE chain = ? AND position <= ?");
  return ({ chain, position, lastMac, lastTimeMs, mac }) => {
    const { changes } = keep.run(chain, position, lastMac, lastTimeMs, mac);
    if (changes !== 0) drop.run(chain, position);
    return { outcome: undefined, keep: true, audit: [] };
  };
}
