import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { rowMac, verifyRowMac } from "../crypto/row-mac.ts";
import { addAdminToken } from "../identity/first-start.ts";
import { keyIsMissing } from "../keys/keys-in-use.ts";
import type { Context } from "../rules/context.ts";
import { createTokenSecret, isTokenSecret } from "../rules/token.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import type { StoredKey } from "../store/stored-key.ts";
import { adminTokenFile, ensureLineFile, readLineFile } from "./data-directory.ts";

// The first admin is made only on a store that never held anything. A mark in the store, which only a holder of the
// encryption key can make, shows that a first start has begun: one that was interrupted can go on, and an emptied table
// of users cannot be taken for one.

const label = "secret-svc/first-start/v1";

/** Parts that a first start fills before it makes the admin. */
const madeBefore: ReadonlySet<string> = new Set(["keys", "chains"]);

type Start = Pick<Context, "store" | "keyring" | "now">;

/** Marks an entirely empty store as one that is started for the first time. Does nothing to any other store. */
export async function beginFirstStart({ store, keyring, now }: Start): Promise<void> {
  if ((await store.listKeys()).some(isMark) || (await store.usedParts()).size > 0) return;
  const createdAtMs = now();
  const { kid, mac } = rowMac(keyring, label, [createdAtMs]);
  await store.addKey({ kid, purpose: "starting", data: mac, createdAtMs });
}

/** Throws `StoreError` for a store without users, unless it is started for the first time. */
export async function requireUsers({ store, keyring }: Pick<Start, "store" | "keyring">): Promise<void> {
  if (await store.hasNoUsers()) await requireFirstStart(store, keyring);
}

/** What a start has found or made. */
export interface Started {
  /** The file with the admin's token. Undefined if the token came from elsewhere. */
  readonly tokenFile: string | undefined;
  /** This start has made the admin and the token in that file. */
  readonly isFirst: boolean;
}

/**
 * Adds the user admin and a token to a store that is started for the first time. Writes the token file first, so that
 * it stays usable after a crash. Throws `StoreError` for another store without users.
 */
export async function firstStart(context: Context, config: Config): Promise<Started> {
  const { store, keyring } = context;
  const file = adminTokenFile(config.dataDir);
  const isNew = await store.hasNoUsers();
  if (isNew) {
    await requireFirstStart(store, keyring);
    const secret = config.adminToken ?? (await ensureLineFile(file, createTokenSecret()));
    if (!isTokenSecret(secret)) throw new ConfigError(`${file} is not an admin token; remove it to get a new one`);
    await addAdminToken(context, secret);
  }
  for (const mark of (await store.listKeys()).filter(isMark)) await store.removeKey(mark);
  const tokenFile = readLineFile(file) === undefined ? undefined : file;
  return { tokenFile, isFirst: isNew && config.adminToken === undefined && tokenFile !== undefined };
}

async function requireFirstStart(store: Store, keyring: Keyring): Promise<void> {
  const marks = (await store.listKeys()).filter(isMark);
  // The mark is removed once the admin is there: another process may have made one since.
  if (!(await store.hasNoUsers())) return;
  const isUnused = [...(await store.usedParts())].every((part) => madeBefore.has(part));
  if (isUnused && marks.some((mark) => isOwn(keyring, mark))) return;
  const foreign = marks.find(({ kid }) => keyring.get(kid) === undefined);
  if (isUnused && foreign !== undefined) throw keyIsMissing(foreign.kid, keyring);
  if (!(await store.hasNoUsers())) return;
  throw new StoreError(
    "unavailable",
    "the store is in use, and has no users: they were deleted, or a backup without users was restored; nothing is made " +
      "anew here. Restore a backup into a new store, or make a new admin and token with 'secret-svc admin-token', and find " +
      "out who deleted them",
  );
}

function isMark({ purpose }: StoredKey): boolean {
  return purpose === "starting";
}

function isOwn(keyring: Keyring, { kid, data, createdAtMs }: StoredKey): boolean {
  try {
    verifyRowMac(keyring, label, [createdAtMs], kid, data);
    return true;
  } catch (error) {
    if (error instanceof IntegrityError) return false;
    throw error;
  }
}
