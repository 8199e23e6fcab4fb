import { type Config, readConfigWith, type Settings, takeFrom } from "./config.ts";
import { runSecretCommands } from "./secret-commands.ts";
import { type SecretSetting, secretSettings } from "./secret-source.ts";
import type { TakenSecret } from "./take-secret.ts";

/** The secrets of the settings, as they were taken. */
export type TakenSecrets = Map<SecretSetting, TakenSecret>;

/**
 * Runs the programs that print secrets, and reads all settings. The programs run once, here: nothing asks them again
 * while the process runs. Secrets are removed from the environment at once, and added to `taken`. Throws `ConfigError`
 * or `TemporaryError`.
 */
export async function loadConfig(
  environment: Record<string, string | undefined>,
  flags: Settings,
  taken?: TakenSecrets,
): Promise<Config> {
  const given = { ...environment };
  // Before anything may fail, and before a program runs.
  for (const name of secretSettings) delete environment[name];
  const take = takeFrom(given, await runSecretCommands(given));
  return readConfigWith(given, flags, (name) => {
    const secret = take(name);
    if (secret !== undefined) taken?.set(name, secret);
    return secret;
  });
}

/**
 * Reads the settings once more in another process, which was given the secrets: a program that prints one must not run
 * again, a file may have been a pipe, and a key that was exchanged meanwhile belongs to the next start. Throws
 * `ConfigError`.
 */
export function readConfigAgain(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Settings,
  taken: ReadonlyMap<SecretSetting, TakenSecret>,
): Config {
  return readConfigWith({ ...environment }, flags, (name) => taken.get(name));
}
