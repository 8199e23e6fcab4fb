import { type Failure, throwAny } from "../error.ts";
import { limits } from "../limits.ts";
import { compareBytes } from "../text/byte-order.ts";
import { globMatches } from "../text/glob.ts";
import { globProblem } from "./key-pattern.ts";
import { nameFailure } from "./selection.ts";

/** What a narrowed token may be allowed to do. `save-value` also covers the metadata, and `save-lists` the owner. */
export const grantActions = ["read", "create", "save-value", "save-lists", "remove"] as const;
export type GrantAction = (typeof grantActions)[number];

/** One action on all keys that match one of the globs. In a glob only `*` is special; it also matches `/`. */
export interface Grant {
  readonly action: GrantAction;
  /** Never empty. */
  readonly keyPatterns: readonly string[];
}

/** The part of its user's rights that a token has. Empty: all of them; the token is not narrowed. */
export type Grants = readonly Grant[];

/** Grants as a caller or a configuration file gives them. */
export interface GrantInput {
  readonly action: string;
  readonly keyPatterns: readonly string[];
}

/**
 * Checks grants and brings them into canonical form: each action once, its patterns sorted and without repeats. `field`
 * is the field that has them. Throws INVALID_FIELD and LIMIT_EXCEEDED. A grant without patterns is refused: otherwise a
 * grant that was meant to narrow a token could leave it unrestricted.
 */
export function checkGrants(inputs: readonly GrantInput[], field: string): Grants {
  const failures: Failure[] = [];
  const patterns = new Map<GrantAction, Set<string>>();
  for (const [index, { action, keyPatterns }] of inputs.entries()) {
    const known = grantActions.find((each) => each === action);
    const path = `${field}[${index}]`;
    if (known === undefined) {
      failures.push(nameFailure(`${path}.action`, index, { rule: `must be one of ${grantActions.join(", ")}` }));
    } else if (keyPatterns.length === 0) {
      const rule = "must name at least one pattern, such as 'prod/*'";
      failures.push(nameFailure(`${path}.keyPatterns`, index, { rule }));
    } else {
      const globs = patterns.get(known) ?? new Set();
      for (const [at, pattern] of keyPatterns.entries()) {
        const problem = globProblem(pattern);
        if (problem !== undefined) failures.push(nameFailure(`${path}.keyPatterns[${at}]`, index, problem));
        globs.add(pattern.replace(/\*+/g, "*"));
      }
      patterns.set(known, globs);
    }
  }
  const total = [...patterns.values()].reduce((sum, globs) => sum + globs.size, 0);
  if (total > limits.grantPatterns) {
    const message = `${field} must have at most ${limits.grantPatterns} patterns in all`;
    failures.push({ reason: "LIMIT_EXCEEDED", message, field, limit: limits.grantPatterns, actual: total });
  }
  throwAny(failures);
  return grantsOf(patterns);
}

/** Grants as they are stored and authenticated: `action:glob`, sorted by bytes. */
export function grantTexts(grants: Grants): readonly string[] {
  return grants.flatMap(({ action, keyPatterns }) => keyPatterns.map((glob) => `${action}:${glob}`)).sort(compareBytes);
}

/**
 * Reads what `grantTexts` wrote. Undefined when this program does not know the form of a text: then it is unknown which
 * rights the token has.
 */
export function readGrantTexts(texts: readonly string[]): Grants | undefined {
  const patterns = new Map<GrantAction, Set<string>>();
  for (const text of texts) {
    const end = text.indexOf(":");
    const action = grantActions.find((each) => each === text.slice(0, end));
    const glob = text.slice(end + 1);
    if (action === undefined || globProblem(glob) !== undefined) return undefined;
    patterns.set(action, (patterns.get(action) ?? new Set()).add(glob));
  }
  return grantsOf(patterns);
}

/** The first glob that grants one of `actions` on a key, as `action:glob`; undefined when none does. */
export function findGrant(grants: Grants, actions: readonly GrantAction[], key: string): string | undefined {
  for (const { action, keyPatterns } of grants) {
    if (!actions.includes(action)) continue;
    const glob = keyPatterns.find((pattern) => globMatches(pattern, key));
    if (glob !== undefined) return `${action}:${glob}`;
  }
  return undefined;
}

/**
 * The longest prefix of all keys on which one of `actions` can be granted. A list scans only keys with it. Undefined
 * when there are no such keys.
 */
export function grantedPrefix(grants: Grants, actions: readonly GrantAction[]): string | undefined {
  if (grants.length === 0) return "";
  const heads = grantedGlobs(grants, actions).map((glob) => glob.split("*", 1)[0] ?? "");
  const [first, ...rest] = heads;
  if (first === undefined) return undefined;
  let length = first.length;
  for (const head of rest) while (!head.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

/** All globs that grant one of `actions`. */
export function grantedGlobs(grants: Grants, actions: readonly GrantAction[]): readonly string[] {
  const globs = grants.filter(({ action }) => actions.includes(action)).flatMap(({ keyPatterns }) => keyPatterns);
  return [...new Set(globs)];
}

function grantsOf(patterns: ReadonlyMap<GrantAction, ReadonlySet<string>>): Grants {
  return grantActions.flatMap((action) => {
    const keyPatterns = [...(patterns.get(action) ?? [])].sort(compareBytes);
    return keyPatterns.length === 0 ? [] : [{ action, keyPatterns }];
  });
}
