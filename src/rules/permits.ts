import type { StoredPermit } from "../store/identity-rows.ts";
import { compareBytes } from "../text/byte-order.ts";
import { globMatches } from "../text/glob.ts";
import { namespaceOf } from "./secret-key.ts";

/** Lets a user or a role create the keys that match a glob. */
export interface Permit {
  /** A slug or a role. */
  readonly name: string;
  readonly pattern: string;
}

/** The permits of a caller, as far as a decision on some keys needs them. */
export interface Permits {
  /** Those of the slug before those of roles, these in byte order. */
  readonly held: readonly Permit[];
  /** First segments of those keys that are the slugs of others: no permit reaches under them. */
  readonly closed: ReadonlySet<string>;
}

/** The permits that match a key, in the order in which they decide who owns it. */
export function permitsOn(permits: Permits | undefined, key: string): readonly Permit[] {
  if (permits === undefined) return [];
  const namespace = namespaceOf(key);
  if (namespace !== undefined && permits.closed.has(namespace)) return [];
  return permits.held.filter(({ pattern }) => globMatches(pattern, key));
}

/** The permits of rows, in the order of `names`. */
export function permitsOf(rows: readonly StoredPermit[], names: readonly string[]): readonly Permit[] {
  const [slug = "", ...roles] = names;
  return [slug, ...roles.toSorted(compareBytes)].flatMap((name) =>
    rows.filter((row) => row.name === name).flatMap(({ patterns }) => patterns.map((pattern) => ({ name, pattern }))),
  );
}

/** As audit records and explanations name a permit. */
export function permitText({ name, pattern }: Permit): string {
  return `${name}:${pattern}`;
}
