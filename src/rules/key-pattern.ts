import { type Failure, SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import { keyProblem, type NameProblem } from "./secret-key.ts";
import { requireWellFormed } from "./selection.ts";

/** The characters of patterns and globs. */
export const globForm = /^[A-Za-z0-9_.+=@/*-]+$/;

/** The keys that a list or a watch covers. */
export interface KeyFilter {
  /** The text that all of them start with; "" for all keys. */
  readonly prefix: string;
  /** A glob in which only `*` is special; undefined for all keys. */
  readonly glob: string | undefined;
}

/** Checks a caller's namespace and key pattern; "" means no filter. Throws INVALID_FIELD and LIMIT_EXCEEDED. */
export function checkKeyFilter(namespace: string, keyPattern: string): KeyFilter {
  if (namespace !== "") requireWellFormed("namespace", keyProblem(namespace));
  const failure = keyPatternFailure(keyPattern);
  if (failure !== undefined) throw new SecretError(failure);
  return { prefix: namespace === "" ? "" : `${namespace}/`, glob: globOf(keyPattern) };
}

/** Checks a caller's key pattern; "" means no filter. */
export function keyPatternFailure(pattern: string): Failure | undefined {
  const field = "keyPattern";
  const problem = pattern === "" ? undefined : globProblem(pattern);
  if (problem === undefined) return undefined;
  const { rule, ...sizes } = problem;
  const reason = sizes.limit === undefined ? "INVALID_FIELD" : "LIMIT_EXCEEDED";
  return { reason, message: `${field} ${rule}`, field, ...sizes };
}

/** Checks the grammar of patterns and globs. */
export function globProblem(glob: string): NameProblem | undefined {
  if (glob === "") return { rule: "must not be empty" };
  if (glob.length > limits.keyPatternBytes) {
    const rule = `must be at most ${limits.keyPatternBytes} bytes`;
    return { rule, limit: limits.keyPatternBytes, actual: Buffer.byteLength(glob) };
  }
  return globForm.test(glob) ? undefined : { rule: "may only contain characters of a key and '*'" };
}

/** A pattern with a `*` is a glob over the whole key; any other may match anywhere in the key. Undefined: no filter. */
export function globOf(pattern: string): string | undefined {
  if (pattern === "") return undefined;
  const glob = pattern.includes("*") ? pattern : `*${pattern}*`;
  return glob.replace(/\*+/g, "*");
}
