import { type Config, readConfig, type Settings } from "./config.ts";
import { runSecretCommands } from "./secret-commands.ts";

/**
 * Runs the programs that print secrets, and reads all settings. The programs run once, here: nothing asks them again
 * while the process runs. Throws `ConfigError` or `TemporaryError`.
 */
export async function loadConfig(environment: Record<string, string | undefined>, flags: Settings): Promise<Config> {
  return readConfig(environment, flags, await runSecretCommands(environment));
}
