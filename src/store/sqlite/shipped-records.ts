import type { DatabaseSync } from "node:sqlite";
import { decodeFrames } from "../../audit/journal-segment.ts";
import { StoreError } from "../store-error.ts";
import { createAuditInsert } from "./append-audit.ts";
import type { Applied } from "./group-commit.ts";
import { metaValue } from "./layout.ts";
import type { RequestBody } from "./writer-requests.ts";

// The rows of the journal of a chain have no index by their position: it would cost each read an insertion. The table
// `meta` has the last of them instead, written in the same transaction, so no record is inserted twice.

const prefix = "journal ";
/** Deletes what is noted of all chains. */
export const forgetShipped = `DELETE FROM meta WHERE name LIKE '${prefix}%'`;
const applied: Applied = { outcome: undefined, keep: true, audit: [] };

/** Up to which position `audit.db` has the records of a chain with a journal. Undefined: that is not noted. */
export function shippedUpTo(db: DatabaseSync, chain: string): number | undefined {
  const value = metaValue(db, prefix + chain);
  return typeof value === "number" ? value : undefined;
}

/** The chains of which that is noted. Each was registered before. */
export function shippedChains(db: DatabaseSync): readonly string[] {
  const names = db.prepare("SELECT substr(name, ?) AS chain FROM meta WHERE name LIKE ?");
  return names.all(prefix.length + 1, `${prefix}%`).map(({ chain }) => String(chain));
}

/** Prepares storing the records of journals. */
export function createShippedInsert(db: DatabaseSync) {
  const forget = db.prepare(`${forgetShipped} AND name <> ?`);
  const note = db.prepare("INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
  const insert = createAuditInsert(db);
  return {
    begin({ chain, position }: RequestBody["begin-journal"]): Applied {
      forget.run(prefix + chain);
      note.run(prefix + chain, position);
      return applied;
    },
    end(): Applied {
      db.exec(forgetShipped);
      return applied;
    },
    ship({ chain, frames }: RequestBody["ship"]): Applied {
      let position = shippedUpTo(db, chain);
      if (position === undefined) throw new StoreError("unavailable", "the journal of these records has not begun");
      for (const record of decodeFrames(Buffer.from(frames.buffer, frames.byteOffset, frames.byteLength))) {
        if (record.position <= position) continue;
        if (record.position !== position + 1) throw new StoreError("unavailable", "a record before these is missing");
        insert(record);
        position = record.position;
      }
      note.run(prefix + chain, position);
      return applied;
    },
  };
}
