import { randomBytes } from "node:crypto";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { type ConfiguredKeys, keysFromText } from "../config/keys.ts";
import type { KeyStore } from "../store/key-store.ts";
import type { StoreSnapshot } from "../store/snapshot.ts";
import { eraseSqliteStore } from "../store/sqlite/erase.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import { openSqliteSnapshot } from "../store/sqlite/open-snapshot.ts";
import type { Store } from "../store/store.ts";
import { encryptionKeyFile, ensureLineFile, readLineFile } from "./data-directory.ts";

/** Opens the configured store. Throws `StoreError`. */
export async function openStore({ mongoUri, dataDir, auditSync }: Config): Promise<Store> {
  if (mongoUri === undefined) return openSqliteStore({ directory: dataDir, auditSync });
  // Loaded only when used: loading the driver takes longer than starting the rest of the service.
  const { openMongoStore } = await import("../store/mongo/open.ts");
  return openMongoStore({ uri: mongoUri });
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

/**
 * The configured keys. Without any, a random key is stored next to the data: better than a known key, but no protection
 * if both are stolen. It is generated only for a new store: one that was written with another key needs that key.
 */
export async function keysOfStore(config: Config, store: Pick<KeyStore, "listKeys">): Promise<ConfiguredKeys> {
  if (config.keys !== undefined) return config.keys;
  const file = encryptionKeyFile(config.dataDir);
  const stored = readLineFile(file);
  if (stored !== undefined) return keysFromText(file, stored, []);
  const needed = (await store.listKeys()).find(({ purpose }) => purpose === "keyring");
  if (needed !== undefined) {
    throw new ConfigError(
      `the store needs the encryption key with the fingerprint ${needed.kid}, and none is given; set OB_ENCRYPTION_KEY`,
    );
  }
  return keysFromText(file, await ensureLineFile(file, randomBytes(32).toString("base64")), []);
}
