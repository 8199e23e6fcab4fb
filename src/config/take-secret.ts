import { findSource, type SecretSetting } from "./secret-source.ts";
import { readSecretFile } from "./setting-file.ts";

/** What the programs of `…_COMMAND` settings printed, by the name of the setting. */
export type CommandOutputs = ReadonlyMap<string, CommandOutput>;

export interface CommandOutput {
  /** Without the line break at its end. */
  readonly text: string;
  readonly program: string;
  readonly seconds: number;
}

/** Where a secret came from, for people. It holds no secret. */
export interface SecretOrigin {
  readonly kind: "environment" | "file" | "command";
  /** The variable that sets it, such as `OB_ENCRYPTION_KEY_FILE`. */
  readonly setting: string;
  /** The file or the program; "" for a variable. */
  readonly path: string;
  /** How long the program ran. */
  readonly seconds?: number;
}

export interface TakenSecret {
  readonly text: string;
  readonly origin: SecretOrigin;
}

/**
 * Reads a secret from wherever the environment says it is, and removes its variable. `isClosed`: its file must not be
 * open to every user of the machine. Throws `ConfigError`.
 */
export function takeSecret(
  environment: Record<string, string | undefined>,
  name: SecretSetting,
  { outputs, isClosed }: { readonly outputs: CommandOutputs; readonly isClosed: () => boolean },
): TakenSecret | undefined {
  const direct = environment[name];
  const source = findSourceWithout(environment, name);
  switch (source?.kind) {
    case undefined:
      return undefined;
    case "environment":
      return { text: direct ?? "", origin: { ...source, path: "" } };
    case "file": {
      const { kind, setting, path } = source;
      return { text: readSecretFile(setting, path, isClosed()), origin: { kind, setting, path } };
    }
    case "command": {
      const { kind, setting } = source;
      const output = outputs.get(setting);
      if (output === undefined) throw new Error(`the program of ${setting} was not run`);
      const { text, program: path, seconds } = output;
      return { text, origin: { kind, setting, path, seconds } };
    }
  }
}

/** The variable must be gone even when the settings are refused. */
function findSourceWithout(environment: Record<string, string | undefined>, name: SecretSetting) {
  try {
    return findSource(environment, name);
  } finally {
    delete environment[name];
  }
}
