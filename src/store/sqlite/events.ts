import type { KeyObject } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { limits } from "../../limits.ts";
import { eventMac, isIntactEvent } from "../event-mac.ts";
import type { SecretEvent } from "../secret-events.ts";
import type { AccessLists } from "../secret-rows.ts";
import type { SecretChange } from "../secret-store.ts";
import { decodeDocument, encodeDocument } from "./document.ts";
import {
  prepareSecrets,
  type SecretRow,
  type SecretValues,
  secretColumns,
  secretPlaceholders,
  toSecret,
} from "./row.ts";
import { requireChanges } from "./schema-guard.ts";

// Events are rows of their own: a watcher that was disconnected needs each version, even when the history has been
// trimmed.

const noBytes = new Uint8Array(0);

/** The key under which events are authenticated; undefined until audit has begun. */
export type EventKey = () => KeyObject | undefined;

/** Prepares storing a change for watchers. The last `limits.watchedEvents` changes are retained. */
export function createEventInsert(
  db: DatabaseSync,
  auditKey: EventKey,
): (change: SecretChange, values: SecretValues) => void {
  const insert = db.prepare(
    `INSERT INTO events (seq, former, mac, ${secretColumns()}) VALUES (?, ?, ?, ${secretPlaceholders})`,
  );
  const last = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'");
  const trim = db.prepare("DELETE FROM events WHERE seq <= ?");
  return ({ secret, formerLists }, values) => {
    const former = formerLists === undefined ? "" : encodeDocument(formerLists, []);
    const seq = Number(last.get()?.seq ?? 0) + 1;
    const key = auditKey();
    // Without the key, before audit has begun, nothing is committed.
    const mac = key === undefined ? noBytes : eventMac(key, { secret, formerLists, seq });
    requireChanges(insert.run(seq, former, mac, ...values.slice(0, -2), "", noBytes));
    trim.run(seq - limits.watchedEvents);
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

export function createEventReader(db: DatabaseSync, auditKey: EventKey): EventReader {
  const epoch = db.prepare("SELECT value FROM meta WHERE name = 'epoch'");
  const last = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'");
  const first = db.prepare("SELECT min(seq) AS seq FROM events");
  const after = prepareSecrets(
    db,
    `SELECT ${secretColumns()}, seq, former, mac FROM events WHERE seq > ? AND tenant = ? ORDER BY seq LIMIT ?`,
  );
  return {
    epoch: () => Number(epoch.get()?.value),
    last: () => Number(last.get()?.seq ?? 0),
    first: () => {
      const seq = first.get()?.seq;
      return typeof seq === "number" ? seq : undefined;
    },
    after: (tenant, seq) => after.all(seq, tenant, limits.eventBatch).map((row) => toEvent(row, auditKey())),
  };
}

function toEvent(row: SecretRow, auditKey: KeyObject | undefined): NumberedEvent {
  const [seq, former, mac] = row.slice(-3);
  const content = { seq: Number(seq), secret: toSecret(row), formerLists: formerOf(String(former)) };
  return { ...content, isIntact: mac instanceof Uint8Array && isIntactEvent(auditKey, content, mac) };
}

function formerOf(json: string): AccessLists | undefined {
  return json === "" ? undefined : decodeDocument(json).lists;
}
