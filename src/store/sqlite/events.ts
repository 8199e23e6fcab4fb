import type { DatabaseSync } from "node:sqlite";
import { limits } from "../../limits.ts";
import type { SecretEvent } from "../secret-events.ts";
import type { AccessLists } from "../secret-rows.ts";
import type { SecretChange } from "../secret-store.ts";
import { decodeDocument, encodeDocument } from "./document.ts";
import { prepareSecrets, type SecretRow, secretColumns, secretPlaceholders, secretValues, toSecret } from "./row.ts";
import { requireChanges } from "./schema-guard.ts";

// Events are rows of their own: a watcher that was disconnected needs each version, even when the history has been
// trimmed.

const noEnvelope = new Uint8Array(0);

/** Prepares storing a change for watchers. The last `limits.watchedEvents` changes are retained. */
export function createEventInsert(db: DatabaseSync): (change: SecretChange) => void {
  const insert = db.prepare(`INSERT INTO events (former, ${secretColumns()}) VALUES (?, ${secretPlaceholders})`);
  const trim = db.prepare("DELETE FROM events WHERE seq <= ?");
  return ({ secret, formerLists }) => {
    const former = formerLists === undefined ? "" : encodeDocument(formerLists, []);
    const written = insert.run(former, ...secretValues({ ...secret, kid: "", envelope: noEnvelope }));
    requireChanges(written);
    trim.run(Number(written.lastInsertRowid) - limits.watchedEvents);
  };
}

export type NumberedEvent = Omit<SecretEvent, "position"> & { readonly seq: number };

export interface EventReader {
  /** Distinguishes this database from others. */
  epoch(): number;
  /** The number of the last event; 0 before the first. */
  last(): number;
  /** The number of the first event that is still retained; undefined when there is none. */
  first(): number | undefined;
  /** Events of a tenant after a number, with their numbers. */
  after(tenant: string, seq: number): readonly NumberedEvent[];
}

export function createEventReader(db: DatabaseSync): EventReader {
  const epoch = db.prepare("SELECT value FROM meta WHERE name = 'epoch'");
  const last = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'");
  const first = db.prepare("SELECT min(seq) AS seq FROM events");
  const after = prepareSecrets(
    db,
    `SELECT ${secretColumns()}, seq, former FROM events WHERE seq > ? AND tenant = ? ORDER BY seq LIMIT ?`,
  );
  return {
    epoch: () => Number(epoch.get()?.value),
    last: () => Number(last.get()?.seq ?? 0),
    first: () => {
      const seq = first.get()?.seq;
      return typeof seq === "number" ? seq : undefined;
    },
    after: (tenant, seq) => after.all(seq, tenant, limits.eventBatch).map(toEvent),
  };
}

function toEvent(row: SecretRow): NumberedEvent {
  const [seq, former] = row.slice(-2);
  return { seq: Number(seq), secret: toSecret(row), formerLists: formerOf(String(former)) };
}

function formerOf(json: string): AccessLists | undefined {
  return json === "" ? undefined : decodeDocument(json).lists;
}
