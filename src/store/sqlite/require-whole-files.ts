import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store-error.ts";
import { metaValue } from "./layout.ts";
import type { StoreFiles } from "./migrate.ts";
import { accessSchema, secretsSchema } from "./schema.ts";
import { shippedChains } from "./shipped-records.ts";

/**
 * Throws `StoreError` when a part of the store is missing: a table, a stored key, or the file that belongs to the other
 * one. It notices accidents, such as files that were put back in part; an attacker who writes to the files can hide
 * what they removed.
 */
export function requireWholeFiles({ secrets, access }: StoreFiles, directory: string): void {
  requireTables(secrets, secretsSchema, "secrets.db", directory);
  requireTables(access, accessSchema, "audit.db", directory);
  if (metaValue(secrets, "access_epoch") !== metaValue(access, "epoch")) {
    throw incomplete(directory, "audit.db does not belong to secrets.db: the two are from different stores");
  }
  requireRegisteredChain(secrets, access, directory);
  requireKeys(secrets, directory);
}

function requireTables(db: DatabaseSync, schema: string, file: string, directory: string): void {
  const there = new Set(
    db
      .prepare("SELECT name FROM sqlite_schema")
      .all()
      .map(({ name }) => String(name)),
  );
  for (const [, kind, name = ""] of schema.matchAll(/CREATE (?:UNIQUE )?(TABLE|INDEX) (\w+)/g)) {
    if (!there.has(name)) throw incomplete(directory, `${file} lacks the ${kind?.toLowerCase()} '${name}'`);
  }
}

/** The chains of the newest record of `audit.db` and of the last journal are registered in `secrets.db` before. */
function requireRegisteredChain(secrets: DatabaseSync, access: DatabaseSync, directory: string): void {
  const newest = access.prepare("SELECT chain FROM audit ORDER BY rowid DESC LIMIT 1").all();
  const chains = [...newest.map(({ chain }) => String(chain)), ...shippedChains(access)];
  const registered = secrets.prepare("SELECT 1 FROM chains WHERE chain = ?");
  if (chains.every((chain) => registered.get(chain) !== undefined)) return;
  throw incomplete(
    directory,
    "secrets.db is older than audit.db, or lost its newest changes (was secrets.db-wal deleted?)",
  );
}

function requireKeys(secrets: DatabaseSync, directory: string): void {
  const query =
    "SELECT name FROM facts WHERE kind = 'key' AND name NOT IN (SELECT purpose || ' ' || kid FROM keys) ORDER BY name";
  const names = secrets
    .prepare(query)
    .all()
    .map(({ name }) => String(name));
  if (names.length > 0) throw incomplete(directory, `secrets.db lacks the stored keys '${names.join("', '")}'`);
}

function incomplete(directory: string, what: string): StoreError {
  return new StoreError(
    "unavailable",
    `the store in ${directory} is incomplete: ${what}; put back both files from one copy, each with its -wal, or restore a ` +
      "backup into a new data directory with 'secret-svc restore'",
  );
}
