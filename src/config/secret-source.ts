import { ConfigError } from "./config-error.ts";

/** Settings whose text is a secret. It comes from a file (`…_FILE`), from a program (`…_COMMAND`), or the variable. */
export const secretSettings = [
  "OB_ENCRYPTION_KEY",
  "OB_PREVIOUS_ENCRYPTION_KEYS",
  "OB_LEGACY_ENCRYPTION_KEY",
  "OB_ADMIN_TOKEN",
  "SECRET_SVC_STORE",
] as const;

export type SecretSetting = (typeof secretSettings)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a secret comes from. `setting` is the variable that says so. */
export type SecretSource =
  | { readonly kind: "environment"; readonly setting: string }
  | { readonly kind: "file"; readonly setting: string; readonly path: string }
  | { readonly kind: "command"; readonly setting: string; readonly text: string };

/** Finds the one variable that sets a secret. Throws `ConfigError` when there are two: one of them is a mistake. */
export function findSource(environment: Environment, name: SecretSetting): SecretSource | undefined {
  const found: SecretSource[] = [];
  // A token in the environment was never a setting.
  if (environment[name] !== undefined && name !== "OB_ADMIN_TOKEN") found.push({ kind: "environment", setting: name });
  const [file, command] = [`${name}_FILE`, `${name}_COMMAND`];
  const [path, text] = [environment[file], environment[command]];
  if (path !== undefined) found.push({ kind: "file", setting: file, path });
  if (text !== undefined) found.push({ kind: "command", setting: command, text });
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    throw new ConfigError(`${first.setting} and ${second.setting} must not both be set`);
  }
  return first;
}
