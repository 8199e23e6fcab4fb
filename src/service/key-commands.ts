import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import type { ConfiguredKeys } from "../config/keys.ts";
import { type StoreFlags, withStoreFlags } from "../config/store-flags.ts";
import { TemporaryError } from "../config/temporary-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { keyIsMissing } from "../keys/keys-in-use.ts";
import { StoreError } from "../store/store-error.ts";
import type { StoredKey } from "../store/stored-key.ts";
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

/** Throws `KeysInUseError` when the store needs other keys, and `TemporaryError` when it cannot be asked. */
async function standingIn(config: Config, { keyring }: ConfiguredKeys): Promise<string> {
  // Opening it would fail, which is not an error before the first start.
  if (config.mongoUri === undefined && !existsSync(join(config.dataDir, "secrets.db"))) return "there is none yet";
  try {
    const snapshot = await openSnapshot(config);
    const stored = await snapshot.listKeys().finally(() => snapshot.close());
    return standingAmong(
      stored.filter(({ purpose }) => purpose === "keyring"),
      keyring,
    );
  } catch (error) {
    if (error instanceof StoreError) throw new TemporaryError(`the store cannot be asked: ${error.message}`);
    throw error;
  }
}

function standingAmong(stored: readonly StoredKey[], keyring: Keyring): string {
  const [first] = stored;
  if (first === undefined) return "it has no key yet";
  const known = (kid: string) => keyring.get(kid) !== undefined;
  if (stored.some(({ kid }) => kid === keyring.active.kid)) return "it knows this key";
  if (!stored.some(({ kid }) => known(kid))) throw keyIsMissing(first.kid, keyring);
  return "it knows a former key, and gets this one at the next start";
}
