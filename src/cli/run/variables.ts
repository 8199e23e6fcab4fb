import { namespaceOf } from "../../rules/secret-key.ts";
import { whoLoadsBy } from "./loader-names.ts";

/** A secret under the name that it gets outside of the service. */
export interface Variable {
  readonly key: string;
  readonly name: string;
  readonly value: string;
}

/** How names are made of keys. */
export interface Naming {
  /** Upper case, and `_` for everything that is no letter or digit. */
  readonly upper: boolean;
  /** Goes before every name. */
  readonly prefix: string;
  /** Names that are used although they change how programs load. */
  readonly allowed: ReadonlySet<string>;
}

/** What keeps a secret from being exported, worded to follow its key and a colon. */
export interface Obstacle {
  readonly key: string;
  readonly reason: string;
}

const variableForm = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The name of a key: without its namespace, then changed as asked. `dev/db/main-url` is `db/main-url` or `DB_MAIN_URL`. */
export function nameOf(key: string, { upper, prefix }: Naming): string {
  const namespace = namespaceOf(key);
  const relative = namespace === undefined ? key : key.slice(namespace.length + 1);
  return prefix + (upper ? relative.toUpperCase().replace(/[^A-Z0-9]/g, "_") : relative);
}

/** Keys that must not be exported under their names: two with the same one, or one that changes how programs load. */
export function findNameObstacles(variables: readonly Variable[], { allowed }: Naming): Obstacle[] {
  const keys = new Map<string, string>();
  const obstacles: Obstacle[] = [];
  for (const { key, name } of variables) {
    const earlier = keys.get(name);
    if (earlier !== undefined) obstacles.push({ key, reason: `has the name ${name}, and so has ${earlier}` });
    else keys.set(name, key);
    const who = allowed.has(name) ? undefined : whoLoadsBy(name);
    if (who === undefined) continue;
    obstacles.push({
      key,
      reason: `has the name ${name}, which changes what ${who} load; --allow-name ${name} if meant`,
    });
  }
  return obstacles;
}

/** Why this cannot be a variable of an environment; undefined when it can. */
export function environmentProblem({ name, value }: Variable): string | undefined {
  if (!variableForm.test(name)) {
    return `${name} is no name of a variable (letters, digits and '_', not a digit first); --upper makes one of most keys`;
  }
  return value.includes("\0") ? "has a NUL character, which no environment can hold" : undefined;
}
