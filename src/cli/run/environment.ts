import { textOf } from "../../text/secret-value.ts";
import { variableNamed } from "./variable-names.ts";
import type { Variable } from "./variables.ts";

/** The environment of a command: this one without `removed`, then the variables, each in place of one of its name. */
export function environmentOf(
  own: Readonly<NodeJS.ProcessEnv>,
  removed: readonly string[],
  variables: readonly Variable[],
  system: NodeJS.Platform = process.platform,
): NodeJS.ProcessEnv {
  const env = new Map(Object.entries(own).map((entry) => [variableNamed(entry[0], system), entry]));
  for (const name of removed) env.delete(variableNamed(name, system));
  for (const { name, value } of variables) env.set(variableNamed(name, system), [name, textOf(value)]);
  return Object.fromEntries(env.values());
}
