import { namespaceOf } from "../../rules/secret-key.ts";
import type { SecretValue } from "../../text/secret-value.ts";
import { loaderOf } from "./loader-names.ts";
import { variableNamed } from "./variable-names.ts";

/** A secret under the name that it has outside the service. */
export interface Variable {
  readonly key: string;
  readonly name: string;
  readonly value: SecretValue;
}

/** How names are made from keys. */
export interface Naming {
  /** Upper case, and `_` for everything except letters and digits. */
  readonly upper: boolean;
  /** Goes before every name. */
  readonly prefix: string;
  /** The namespace that was asked for, of one segment or several. */
  readonly namespace?: string | undefined;
  /** Names that may be used although they change what programs load. */
  readonly allowed: ReadonlySet<string> | "all";
}

/** Why a secret must not be exported, worded to follow its key and a colon. */
export interface Obstacle {
  readonly key: string;
  readonly reason: string;
}

const variableForm = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The key without its namespace, its segments joined by `_`, then changed as asked: `dev/db/main-url` gives
 * `db_main-url` or `DB_MAIN_URL`.
 */
export function nameOf(key: string, { upper, prefix, namespace: given }: Naming): string {
  const namespace = given !== undefined && key.startsWith(`${given}/`) ? given : namespaceOf(key);
  const relative = namespace === undefined ? key : key.slice(namespace.length + 1);
  const joined = relative.replaceAll("/", "_");
  return prefix + (upper ? joined.toUpperCase().replace(/[^A-Z0-9]/g, "_") : joined);
}

/** Keys that must not be exported: two have the same name, or a name changes what programs load. */
export function findNameObstacles(
  variables: readonly Variable[],
  { allowed }: Pick<Naming, "allowed">,
  system: NodeJS.Platform = process.platform,
): Obstacle[] {
  const keys = new Map<string, string>();
  const obstacles: Obstacle[] = [];
  for (const { key, name } of variables) {
    const variable = variableNamed(name, system);
    const earlier = keys.get(variable);
    if (earlier !== undefined) obstacles.push({ key, reason: `has the name ${name}, and so has ${earlier}` });
    else keys.set(variable, key);
    const loader = allowed === "all" || allowed.has(name) ? undefined : loaderOf(name, system);
    if (loader === undefined) continue;
    obstacles.push({
      key,
      reason: `has the name ${name}, which changes what ${loader} load; if you mean it, use --allow-name ${name}`,
    });
  }
  return obstacles;
}

/** Why this cannot be a variable of an environment; undefined when it can. */
export function environmentProblem({ name, value }: Variable): string | undefined {
  if (!variableForm.test(name)) {
    return `${name} is not a valid variable name (letters, digits and '_', not a digit first); --upper makes most keys valid`;
  }
  if (typeof value !== "string") {
    return "is bytes, which no environment can hold; `oo secret run --mount` gives a program a file";
  }
  return value.includes("\0") ? "has a NUL character, which no environment can hold" : undefined;
}
