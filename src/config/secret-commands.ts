import { parseCommand } from "./command-form.ts";
import { requireSafeProgram } from "./command-program.ts";
import { ConfigError } from "./config-error.ts";
import { type CommandOptions, runCommand } from "./run-command.ts";
import { type Environment, findSource, secretSettings } from "./secret-source.ts";
import type { CommandOutputs } from "./take-secret.ts";
import { TemporaryError } from "./temporary-error.ts";

const ours = /^(?:OB_|SECRET_SVC_)/;

/**
 * Runs the programs of all `…_COMMAND` settings at once, and returns what they printed. They get the environment of the
 * service without its own settings, of which some are secrets. Throws `ConfigError` before any of them runs when a
 * setting is wrong, and `TemporaryError` when a later start may succeed.
 */
export async function runSecretCommands(environment: Environment): Promise<CommandOutputs> {
  const secondsMax = parseSeconds(environment.SECRET_SVC_KEY_COMMAND_SECONDS ?? "");
  const passed = Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)));
  const wanted = secretSettings.flatMap((name): CommandOptions[] => {
    const source = findSource(environment, name);
    if (source?.kind !== "command") return [];
    const { setting, text } = source;
    return [{ setting, command: parseCommand(setting, text), environment: passed, secondsMax }];
  });
  for (const { setting, command } of wanted) requireSafeProgram(setting, command.program, environment.PATH ?? "");
  const results = await Promise.allSettled(
    wanted.map(async (options) => [options.setting, await runCommand(options)] as const),
  );
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  // Waiting does not correct a wrong setting, so it is the one to report.
  const first = failures.find((failure) => !(failure instanceof TemporaryError)) ?? failures[0];
  if (first !== undefined) throw first;
  return new Map(results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
}

function parseSeconds(text: string): number {
  if (text === "") return 30;
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= 300) return Number(text);
  throw new ConfigError("SECRET_SVC_KEY_COMMAND_SECONDS must be a whole number from 1 to 300");
}
