import { randomBytes } from "node:crypto";
import { type Config, type ConfiguredKeys, keysFromText } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import type { KeyStore } from "../store/key-store.ts";
import type { StoreSnapshot } from "../store/snapshot.ts";
import { eraseSqliteStore } from "../store/sqlite/erase.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import { openSqliteSnapshot } from "../store/sqlite/open-snapshot.ts";
import type { Store } from "../store/store.ts";
import { encryptionKeyFile, keepLineFile, readLineFile } from "./data-directory.ts";

/** Opens the store that is configured. Throws `StoreError`. */
export async function openStore({ mongoUri, dataDir, auditSync }: Config): Promise<Store> {
  if (mongoUri === undefined) return openSqliteStore({ directory: dataDir, auditSync });
  // Loaded when it is used: the driver takes longer to load than the rest of the service to start.
  const { openMongoStore } = await import("../store/mongo/open.ts");
  return openMongoStore({ uri: mongoUri });
}

/**
 * Deletes what an unfinished restore left in the store that is configured, while the mark in it is `kid`, which stays. It
 * must not be open. Throws `StoreError`.
 */
export async function eraseStore({ mongoUri, dataDir }: Config, kid: string): Promise<void> {
  if (mongoUri === undefined) return eraseSqliteStore(dataDir);
  const { eraseMongoStore } = await import("../store/mongo/restore/erase.ts");
  await eraseMongoStore(mongoUri, kid);
}

/** Opens what is in the store that is configured now, for reading. Throws `StoreError`. */
export async function openSnapshot({ mongoUri, dataDir }: Config): Promise<StoreSnapshot> {
  if (mongoUri === undefined) return openSqliteSnapshot(dataDir);
  const { openMongoSnapshot } = await import("../store/mongo/restore/open-snapshot.ts");
  return openMongoSnapshot(mongoUri);
}

/**
 * The keys that are configured; without one, a random one lives beside the data: better than a known one, but no help if
 * both are stolen. Made only for a new store: one that was written with another key needs that key.
 */
export async function keysOfStore(config: Config, store: Pick<KeyStore, "listKeys">): Promise<ConfiguredKeys> {
  if (config.keys !== undefined) return config.keys;
  const file = encryptionKeyFile(config.dataDir);
  const kept = readLineFile(file);
  if (kept !== undefined) return keysFromText(file, kept, []);
  const needed = (await store.listKeys()).find(({ purpose }) => purpose === "keyring");
  if (needed !== undefined) {
    throw new ConfigError(
      `the store needs the encryption key with the fingerprint ${needed.kid}, and none is given; set OB_ENCRYPTION_KEY`,
    );
  }
  return keysFromText(file, await keepLineFile(file, randomBytes(32).toString("base64")), []);
}
