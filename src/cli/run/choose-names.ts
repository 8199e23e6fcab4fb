import { usageError } from "../frame/errors.ts";
import { withNamespace } from "../frame/namespace.ts";
import { readPairs } from "../frame/pairs.ts";
import type { Output } from "../print/output.ts";
import { variableNamed } from "./variable-names.ts";
import type { Variable } from "./variables.ts";

/** The secrets of one namespace, or those that were named, under their names. */
export type Layer = readonly Variable[];

/** `--map NAME=KEY`, as it was written. */
export interface Mapping {
  readonly name: string;
  readonly key: string;
}

export function parseMappings(texts: readonly string[] = []): readonly Mapping[] {
  if (texts.includes("")) throw usageError("--map must be of the form NAME=KEY");
  const mappings = [...readPairs(texts, "--map")].map(([name, key]) => ({ name, key }));
  const empty = mappings.find(({ key }) => key === "");
  if (empty !== undefined) throw usageError(`--map ${empty.name}= names no key`);
  if (mappings.length < texts.length) throw usageError("--map has the same name twice");
  return mappings;
}

/**
 * What a key on the command line may stand for, the most likely first: without `/`, the key in each of the namespaces,
 * the last one first. A `/` makes it a whole key.
 */
export function keysMeant(key: string, namespaces: readonly string[]): readonly string[] {
  if (key.includes("/") || namespaces.length === 0) return [key];
  return namespaces.toReversed().map((namespace) => withNamespace(key, namespace));
}

/**
 * One variable for each name: that of the last layer that has it, and before all of them the mapped one. A mapped key
 * has only its new names: what it hides under its old one stays hidden. A hint says for each name that several have
 * which key it is.
 */
export function layVariables(
  layers: readonly Layer[],
  mapped: Layer,
  output: Pick<Output, "hint">,
  system: NodeJS.Platform = process.platform,
): Variable[] {
  const chosen = new Map<string, Variable>();
  const over = new Map<string, string[]>();
  const renamed = new Set(mapped.map(({ key }) => key));
  const lay = (variable: Variable) => {
    const name = variableNamed(variable.name, system);
    const earlier = chosen.get(name);
    if (earlier !== undefined && !renamed.has(earlier.key)) over.set(name, [...(over.get(name) ?? []), earlier.key]);
    chosen.set(name, variable);
  };
  for (const layer of layers) {
    // Two keys of one layer may have the same name if one of them gets another.
    for (const variable of layer) if (renamed.has(variable.key)) lay(variable);
    for (const variable of layer) if (!renamed.has(variable.key)) lay(variable);
  }
  for (const [name, { key }] of chosen) if (renamed.has(key)) chosen.delete(name);
  for (const variable of mapped) lay(variable);
  for (const [name, keys] of over) {
    const winner = chosen.get(name);
    if (winner !== undefined) output.hint(`${winner.name} is ${winner.key}, not ${keys.join(" or ")}`);
  }
  return [...chosen.values()];
}
