import { join } from "node:path";
import { Command } from "commander";
import { requireRestored } from "../backup/write-store.ts";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import type { ConfiguredKeys } from "../config/keys.ts";
import { type StoreFlags, withStoreFlags } from "../config/store-flags.ts";
import { TemporaryError } from "../config/temporary-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { checkKeysInUse, readAuditKey } from "../keys/keys-in-use.ts";
import { LayoutError } from "../store/layout-error.ts";
import type { StoreSnapshot } from "../store/snapshot.ts";
import { mayPass, NoStoreError, StoreError } from "../store/store-error.ts";
import { isThere } from "./data-directory.ts";
import { describeKeyOrigin, forgottenKeyFile } from "./key-origin.ts";
import { keysInPlace, openSnapshot } from "./open-store.ts";

type ReadConfig = (flags: StoreFlags) => Promise<Config>;

/** The commands about the encryption key. `configOf` reads the settings, which are those of `serve`. */
export function keyCommands(configOf: ReadConfig): Command {
  const check = new Command("check").description(
    "Get the encryption key as a start would, and say where it comes from and whether the store knows it. Never shows " +
      "the key. Ends with exit code 0, 75 (try again later) or 78 (a wrong setting or key).",
  );
  return new Command("key")
    .description("Look at the encryption key.")
    .addCommand(withStoreFlags(check).action(async (flags: StoreFlags) => checkKey(await configOf(flags))));
}

async function checkKey(config: Config): Promise<void> {
  const keys = keysInPlace(config);
  if (keys === undefined) {
    throw new ConfigError(
      "no encryption key is set, and there is none in the data directory; the first start makes one",
    );
  }
  const { active } = keys.keyring;
  const former = keys.keyring.keys.filter((key) => key !== active).map(({ kid }) => kid);
  show("source", describeKeyOrigin(config));
  show("form", keys.activeForm === "characters" ? "32 characters of text" : keys.activeForm);
  show("fingerprint", active.kid);
  if (former.length > 0) show("former", former.join(", "));
  const forgotten = forgottenKeyFile(config);
  if (forgotten !== undefined) {
    process.stderr.write(`secret-svc: hint: the service starts only when ${forgotten} is no longer there\n`);
  }
  show("store", await standingIn(config, keys));
}

function show(name: string, text: string): void {
  process.stdout.write(`${`${name}:`.padEnd(13)}${text}\n`);
}

/**
 * Compares the key with the store as a start would. Throws `KeysInUseError` when the store needs other keys,
 * `TemporaryError` when it cannot be asked at the moment, and `StoreError`.
 */
async function standingIn(config: Config, { keyring }: ConfiguredKeys): Promise<string> {
  // An error other than that it is not there would be one of the store.
  if (config.mongoUri === undefined) isThere(join(config.dataDir, "secrets.db"));
  try {
    const snapshot = await openSnapshot(config);
    return await standingAmong(snapshot, keyring).finally(() => snapshot.close());
  } catch (error) {
    if (error instanceof NoStoreError) return "there is none yet";
    if (error instanceof LayoutError && error.canMigrate) return "a start migrates it before it needs the key";
    // Errors of a connection have no fault, but a cause.
    const isNetwork = (failure: StoreError) => config.mongoUri !== undefined && failure.cause !== undefined;
    if (!(error instanceof StoreError && (mayPass(error) || isNetwork(error)))) throw error;
    throw new TemporaryError(`the store cannot be asked: ${error.message}`);
  }
}

async function standingAmong(snapshot: StoreSnapshot, keyring: Keyring): Promise<string> {
  await requireRestored(snapshot);
  await checkKeysInUse(snapshot, keyring, Date.now());
  const stored = await snapshot.listKeys();
  if (stored.some(({ purpose }) => purpose === "audit")) await readAuditKey(snapshot, keyring);
  const kids = stored.filter(({ purpose }) => purpose === "keyring").map(({ kid }) => kid);
  if (kids.length === 0) return "it has no key yet";
  return kids.includes(keyring.active.kid)
    ? "it knows this key"
    : "it knows a former key, and gets this one at the next start";
}
