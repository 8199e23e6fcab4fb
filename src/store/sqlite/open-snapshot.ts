import { statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type StoreSnapshot, withDroppedChains } from "../snapshot.ts";
import { NoStoreError, StoreError } from "../store-error.ts";
import { bytes, count, type Row, text } from "./column.ts";
import { openForReading } from "./database.ts";
import { guarded, guardedAsync } from "./failure.ts";
import { toPermit, toToken, toUser } from "./identity-row.ts";
import { requireLayout } from "./layout.ts";
import { createAuditReader } from "./read-audit.ts";
import { createIdentityReader } from "./read-identity.ts";
import { createKeyUseReader } from "./read-keys.ts";
import { type SecretRow, secretColumns, toChainedRecord, toSecret } from "./row.ts";

const unreadable = "the store could not be read";

/**
 * Opens a snapshot of the files of a data directory. A service may be running on them: it can go on writing, and its
 * log grows until the snapshot is closed. Throws `StoreError`, also when there is no data.
 */
export async function openSqliteSnapshot(directory: string): Promise<StoreSnapshot> {
  const paths = [join(directory, "secrets.db"), join(directory, "audit.db")] as const;
  const missing = guarded("the store cannot be looked at", () => paths.filter((path) => !isThere(path)));
  if (missing.length === paths.length) throw new NoStoreError(`there is no data of the service in ${directory}`);
  if (missing.length > 0) throw new StoreError("unavailable", `the store is incomplete: ${missing[0]} is missing`);
  return guarded("the store could not be opened", () => {
    const [secretsDb, accessDb] = [openForReading(paths[0]), openForReading(paths[1])];
    for (const db of [secretsDb, accessDb]) {
      db.exec("BEGIN");
      // The first read fixes the moment of the snapshot.
      requireLayout(db);
    }
    return createSnapshot(secretsDb, accessDb);
  });
}

/** A start takes an empty file for one that is not there. */
function isThere(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !(found.isFile() && found.size === 0);
}

function createSnapshot(secretsDb: DatabaseSync, accessDb: DatabaseSync): StoreSnapshot {
  const identity = createIdentityReader(secretsDb);
  const audit = createAuditReader(secretsDb, accessDb);
  const keyUses = createKeyUseReader(secretsDb, (read) => read());
  // In the order of the index: sorting would first copy everything.
  const secrets = `SELECT ${secretColumns()} FROM secret INDEXED BY secret_key ORDER BY tenant, key`;
  const history = `SELECT ${secretColumns()} FROM history ORDER BY tenant, key`;
  return {
    secrets: () => secretRows(secretsDb, secrets),
    history: () => secretRows(secretsDb, history),
    users: () => rows(secretsDb, "SELECT * FROM users ORDER BY tenant, slug", toUser),
    tokens: () => rows(secretsDb, "SELECT * FROM tokens ORDER BY tenant, id", toToken),
    permits: () => rows(secretsDb, "SELECT * FROM permits ORDER BY tenant, name", toPermit),
    quotas: () =>
      rows(secretsDb, "SELECT * FROM quotas ORDER BY tenant", ({ tenant, limits }) => ({
        tenant: text(tenant),
        limits: text(limits),
      })),
    listKeys: async () => guarded(unreadable, () => identity.listKeys()),
    countByKey: (nowMs) => guardedAsync(unreadable, () => keyUses.countByKey(nowMs)),
    listChains: async () => guarded(unreadable, () => audit.listChains()),
    listCheckpoints: async () => guarded(unreadable, () => audit.listCheckpoints()),
    changes: () => rows(secretsDb, "SELECT * FROM audit ORDER BY rowid", toChainedRecord),
    chainEnds: async () =>
      guarded(unreadable, () => {
        const ends = [secretsDb, accessDb].flatMap((db) =>
          // SQLite takes the other columns from the row that has the maximum.
          db.prepare("SELECT chain, max(position) AS position, mac FROM audit GROUP BY chain").all().map(toEnd),
        );
        return withDroppedChains(ends, audit.listCheckpoints());
      }),
    async close() {
      secretsDb.close();
      accessDb.close();
    },
  };
}

function toEnd(row: Row) {
  return { chain: text(row.chain), position: count(row.position), mac: bytes(row.mac) };
}

async function* rows<T>(db: DatabaseSync, sql: string, toItem: (row: Row) => T): AsyncIterable<T> {
  const iterator = guarded(unreadable, () => db.prepare(sql).iterate());
  for (;;) {
    const next = guarded(unreadable, () => iterator.next());
    if (next.done === true) return;
    yield guarded(unreadable, () => toItem(next.value));
  }
}

function secretRows(db: DatabaseSync, sql: string) {
  const names = secretColumns().split(", ");
  return rows(db, sql, (row) => toSecret(names.map((name): SecretRow[number] => row[name] ?? null)));
}
