import { ConfigError } from "./config-error.ts";

/** The choice that a setting names; the first one if it is empty. Throws `ConfigError` for any other value. */
export function oneOf<Choice extends string>(
  name: string,
  value: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  if (value === "") return choices[0];
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new ConfigError(`${name} must be one of ${choices.join(", ")}`);
  return choice;
}
