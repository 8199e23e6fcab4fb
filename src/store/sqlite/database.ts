import { randomInt } from "node:crypto";
import { chmodSync, closeSync, constants, mkdirSync, openSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store-error.ts";
import { metaTable } from "./expected-schema.ts";
import { layoutOf, requireLayout } from "./layout.ts";
import { schemaVersion } from "./schema.ts";

/** By default SQLite fails at once when another process, such as `secret-svc admin-token`, is writing. */
export const busyTimeoutMs = 5_000;

/** Fewer checkpoints than by default (1,000 pages), because each waits for the disk. About 16 MiB of log. */
const checkpointPages = 4_000;

/** What a commit survives. FULL: a crash of the machine; NORMAL: a crash of the process. */
export type Synchronous = "FULL" | "NORMAL";

/** Creates the directory, or closes it to everyone but its owner. */
export function prepareDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  restrict(directory, 0o700);
}

/**
 * Creates an empty file that only its owner can read. SQLite gives the mode of a database to its -wal and -shm. Throws
 * `StoreError` if the path is something else: opening a pipe would wait for ever.
 */
export function prepareFile(path: string): void {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  requireRegular(path);
  closeSync(openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600));
  restrict(path, 0o600);
}

/**
 * Opens for the one writer and creates the tables in an empty file. What is deleted or overwritten is also overwritten
 * with zeros in the file. Throws `StoreError` on a file with another schema version.
 */
export function openForWriting(path: string, schema: string, synchronous: Synchronous): DatabaseSync {
  const db = openAsIs(path);
  try {
    if (layoutOf(db) !== "empty") requireLayout(db);
    db.exec(`PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${synchronous};
      PRAGMA wal_autocheckpoint = ${checkpointPages};
      PRAGMA journal_size_limit = 67108864;
      PRAGMA temp_store = MEMORY;
      PRAGMA secure_delete = ON`);
    createTables(db, schema);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens for changes, whatever is in the file. */
export function openAsIs(path: string): DatabaseSync {
  return open(path, false);
}

/** Opens a second connection for reads; the file must have been opened for writing before. */
export function openForReading(path: string): DatabaseSync {
  return open(path, true);
}

function open(path: string, readOnly: boolean): DatabaseSync {
  requireRegular(path);
  return new DatabaseSync(path, { readOnly, timeout: busyTimeoutMs, enableDoubleQuotedStringLiterals: false });
}

/** Opening a pipe would wait for its other end. */
function requireRegular(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== false) return;
  throw new StoreError("unavailable", `${path} is not a regular file`);
}

function createTables(db: DatabaseSync, schema: string): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    // Checked again: another process may have created the tables since.
    if (layoutOf(db) === "empty") {
      db.exec(schema);
      db.exec(metaTable);
      // The epoch distinguishes this file from others, such as the one that it was restored from.
      db.prepare("INSERT INTO meta VALUES ('schema', ?), ('epoch', ?)").run(schemaVersion, randomInt(2 ** 47));
    }
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function restrict(path: string, mode: number): void {
  if ((statSync(path).mode & 0o777) !== mode) chmodSync(path, mode);
}
