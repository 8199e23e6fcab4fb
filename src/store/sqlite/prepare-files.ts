import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store-error.ts";
import { openAsIs, openForWriting, prepareDirectory, prepareFile } from "./database.ts";
import { createSchemaCheck } from "./expected-schema.ts";
import { guarded } from "./failure.ts";
import { canMigrate, layoutOf, metaValue } from "./layout.ts";
import { migrateFiles, type StoreFiles } from "./migrate.ts";
import { requireWholeFiles } from "./require-whole-files.ts";
import { accessSchema, schemaVersion, secretsSchema } from "./schema.ts";
import { changedSchema } from "./schema-guard.ts";

export interface PrepareOptions {
  readonly directory: string;
  /** Whether files with an older schema version are migrated. The caller then holds the lock of the directory. */
  readonly migrates: boolean;
  /**
   * Names of files in the directory that are only written next to a store. If one of them is there and no store is, the
   * store is missing: it is not made anew.
   */
  readonly traces: readonly string[];
}

const secretsName = "secrets.db";
const accessName = "audit.db";

/**
 * Makes the files of a new store, migrates those of an older version, and checks that nothing of the store is missing
 * or was changed.
 * `secrets.db` comes first and learns last which `audit.db` belongs to it: a crash in between can be distinguished
 * from a file that was deleted. Throws `StoreError`, which names what is missing.
 */
export function prepareFiles(options: PrepareOptions): void {
  prepareDirectory(options.directory);
  requireFiles(options);
  const [secretsPath, accessPath] = [join(options.directory, secretsName), join(options.directory, accessName)];
  prepareFile(secretsPath);
  prepareFile(accessPath);
  const secrets = openPrepared(secretsPath, secretsSchema, options.migrates);
  try {
    const access = openPrepared(accessPath, accessSchema, options.migrates);
    try {
      if (options.migrates) migrateFiles({ secrets, access });
      pair({ secrets, access });
      requireWholeFiles({ secrets, access }, options.directory);
      requireSchema(secrets, secretsSchema, secretsName);
      requireSchema(access, accessSchema, accessName);
    } finally {
      access.close();
    }
  } finally {
    secrets.close();
  }
}

/** Looks before anything is opened: SQLite deletes the log of a file of 0 bytes, from which it might be restored. */
function requireFiles({ directory, traces }: PrepareOptions): void {
  const there = traces.filter((name) => existsSync(join(directory, name)));
  const hasSecrets = hasTables(join(directory, secretsName));
  const hasAccess = hasTables(join(directory, accessName));
  if (!hasSecrets && hasAccess) throw missing(secretsName, directory, [accessName, ...there]);
  if (!hasSecrets && there.length > 0) throw missing(secretsName, directory, there);
  if (hasSecrets && !hasAccess && !isBeingMade(join(directory, secretsName))) {
    throw missing(accessName, directory, [secretsName, ...there]);
  }
}

/** Throws `StoreError` for a file of another program. */
function hasTables(path: string): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return size > 0 && looking(path, (db) => layoutOf(db) !== "empty");
}

/** Whether a process ended between making `secrets.db` and `audit.db`. */
function isBeingMade(path: string): boolean {
  return looking(path, (db) => layoutOf(db) === schemaVersion && metaValue(db, "access_epoch") === undefined);
}

function looking<T>(path: string, look: (db: DatabaseSync) => T): T {
  return guarded(`${path} cannot be read as a database`, () => {
    const db = openAsIs(path);
    try {
      return look(db);
    } finally {
      db.close();
    }
  });
}

function openPrepared(path: string, schema: string, migrates: boolean): DatabaseSync {
  const db = openAsIs(path);
  if (migrates && canMigrate(layoutOf(db))) return db;
  db.close();
  return openForWriting(path, schema, "FULL");
}

/** Writes down which `audit.db` belongs to this `secrets.db`, once. */
function pair({ secrets, access }: StoreFiles): void {
  if (metaValue(secrets, "access_epoch") !== undefined) return;
  secrets.prepare("INSERT OR IGNORE INTO meta VALUES ('access_epoch', ?)").run(Number(metaValue(access, "epoch")));
}

function requireSchema(db: DatabaseSync, schema: string, name: string): void {
  const differences = createSchemaCheck(schema)(db);
  if (differences.length > 0) throw changedSchema([`${name}: ${differences.join("; ")}`]);
}

function missing(name: string, directory: string, nextTo: readonly string[]): StoreError {
  return new StoreError(
    "unavailable",
    `${name} is missing or empty in ${directory}, next to ${nextTo.join(" and ")}: put back ${name} together with its ` +
      `${name}-wal, or restore a backup into a new data directory with 'secret-svc restore'; for a new, empty store give ` +
      "an empty --data-dir",
  );
}
