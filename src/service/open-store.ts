import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { journalFolder } from "../audit/journal-files.ts";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { type ConfiguredKeys, keysFromText } from "../config/keys.ts";
import type { Follower } from "../files/follow-files.ts";
import type { KeyStore } from "../store/key-store.ts";
import type { StoreSnapshot } from "../store/snapshot.ts";
import { eraseSqliteStore } from "../store/sqlite/erase.ts";
import { lockFile } from "../store/sqlite/file-lock.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import { openSqliteSnapshot } from "../store/sqlite/open-snapshot.ts";
import type { Store } from "../store/store.ts";
import { encryptionKeyFile, ensureLineFile, readLineFile, tracesOfStore } from "./data-directory.ts";
import { requireLastingJournal } from "./in-memory.ts";
import { requireNoForgottenKey } from "./key-origin.ts";

/**
 * What a command may do with the store. `serve`: migrate it, and the lock of the data directory is held; `use`: open it
 * as it is, or make a new one; `fill`: the same, and files of an earlier store may be in the data directory.
 */
export type StoreUse = "serve" | "use" | "fill";

/**
 * Opens the configured store. With a `follower`, certificates for the connection to the database are read again when
 * they change. Throws `StoreError`, also when a part of the store is missing, and `ConfigError` when a key is in the
 * data directory although a program prints the key, or when the journal is in memory and has to be on a disk.
 */
export async function openStore(config: Config, use: StoreUse, follower?: Follower): Promise<Store> {
  requireNoForgottenKey(config);
  const { mongoUri, dataDir, auditSync } = config;
  const migrates = use === "serve";
  if (migrates) requireLastingJournal(config);
  if (mongoUri === undefined) {
    const traces = use === "fill" ? [] : tracesIn(config);
    return openSqliteStore({
      directory: dataDir,
      auditSync,
      migrates,
      traces,
      ...(migrates ? journalsOf(config) : {}),
    });
  }
  // Loaded only when used: loading the driver takes longer than starting the rest of the service.
  const { openMongoStore } = await import("../store/mongo/open.ts");
  return openMongoStore({ uri: mongoUri, migrates, follower, ...(migrates ? journalsOf(config) : {}) });
}

/**
 * Only the service has a journal: commands on the host make few records, and wait for the database. It stores what an
 * earlier process left in one, in whatever mode it runs itself.
 */
function journalsOf({ dataDir, accessJournal }: Config) {
  const leftJournals = { folder: journalFolder(dataDir), lockFile };
  if (accessJournal === undefined) return { leftJournals };
  return { leftJournals, journal: { ...leftJournals, isDurable: accessJournal === "disk" } };
}

/** Without the files that the settings name: the operator may have put those there before the first start. */
function tracesIn({ dataDir, secretFiles }: Config): readonly string[] {
  const given = secretFiles.map((file) => resolve(file));
  return tracesOfStore.filter((name) => !given.includes(join(dataDir, name)));
}

/**
 * Deletes the data of an unfinished restore from the configured store, as long as the mark in the store is `kid`. The
 * mark stays. The store must not be open. Throws `StoreError`.
 */
export async function eraseStore({ mongoUri, dataDir }: Config, kid: string): Promise<void> {
  if (mongoUri === undefined) return eraseSqliteStore(dataDir);
  const { eraseMongoStore } = await import("../store/mongo/restore/erase.ts");
  await eraseMongoStore(mongoUri, kid);
}

/** Opens a snapshot of the configured store, for reading. Throws `StoreError`. */
export async function openSnapshot({ mongoUri, dataDir }: Config): Promise<StoreSnapshot> {
  if (mongoUri === undefined) return openSqliteSnapshot(dataDir);
  const { openMongoSnapshot } = await import("../store/mongo/restore/open-snapshot.ts");
  return openMongoSnapshot(mongoUri);
}

/** The configured keys, or the one in the data directory. Undefined: there is none yet. */
export function keysInPlace({ keys, dataDir }: Config): ConfiguredKeys | undefined {
  if (keys !== undefined) return keys;
  const file = encryptionKeyFile(dataDir);
  const stored = readLineFile(file);
  return stored === undefined ? undefined : keysFromText(file, stored, []);
}

/**
 * The configured keys. Without any, a random key is stored next to the data: better than a known key, but no protection
 * if both are stolen. It is generated only for a new store: one that was written with another key needs that key.
 */
export async function keysOfStore(config: Config, store: Pick<KeyStore, "listKeys">): Promise<ConfiguredKeys> {
  const present = keysInPlace(config);
  if (present !== undefined) return present;
  const file = encryptionKeyFile(config.dataDir);
  const needed = (await store.listKeys()).find(({ purpose }) => purpose === "keyring");
  if (needed !== undefined) {
    throw new ConfigError(
      `the store needs the encryption key with the fingerprint ${needed.kid}, and none is given; set OB_ENCRYPTION_KEY`,
    );
  }
  return keysFromText(file, await ensureLineFile(file, randomBytes(32).toString("base64")), []);
}
