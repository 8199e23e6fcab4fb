import { type Config, readConfig, type Settings } from "./config.ts";
import { runSecretCommands } from "./secret-commands.ts";
import { secretSettings } from "./secret-source.ts";

/**
 * Runs the programs that print secrets, and reads all settings. The programs run once, here: nothing asks them again
 * while the process runs. Secrets are removed from the environment at once. Throws `ConfigError` or `TemporaryError`.
 */
export async function loadConfig(environment: Record<string, string | undefined>, flags: Settings): Promise<Config> {
  const given = { ...environment };
  // Before anything may fail, and before a program runs.
  for (const name of secretSettings) delete environment[name];
  return readConfig(given, flags, await runSecretCommands(given));
}
