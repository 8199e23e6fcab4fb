import { expect } from "vitest";
import { runSecretCommands } from "../../../src/config/secret-commands.ts";
import { TemporaryError } from "../../../src/config/temporary-error.ts";
import type { Environment } from "./fixture.ts";
import type { Programs } from "./programs.ts";

export const commandSetting = "OB_ENCRYPTION_KEY_COMMAND";
export const searchPath = { PATH: process.env.PATH ?? "" };

/** What the command prints. */
export async function runKeyCommand(command: string, environment: Environment = {}): Promise<string | undefined> {
  const outputs = await runSecretCommands({ ...searchPath, ...environment, [commandSetting]: command });
  return outputs.get(commandSetting)?.text;
}

/** With what the command is refused. */
export async function refusalOf(command: string, environment: Environment = {}): Promise<Error> {
  const error = await runKeyCommand(command, environment).catch((caught: unknown) => caught);
  if (error instanceof Error) return error;
  throw new Error("it was taken");
}

/** The message of a failure that may pass. */
export async function temporaryFailure(programs: Programs, script: string, environment: Environment = {}) {
  const error = await refusalOf(programs.script(script), environment);
  expect(error).toBeInstanceOf(TemporaryError);
  return error.message;
}

/** The message about a wrong setting. */
export async function wrongSetting(programs: Programs, script: string) {
  const error = await refusalOf(programs.script(script));
  expect(error.name).toBe("ConfigError");
  return error.message;
}
