import type { Failure } from "../error.ts";
import { limits } from "../limits.ts";
import type { NameProblem } from "./secret-key.ts";

const patternForm = /^[A-Za-z0-9_.+=@/*-]+$/;

/** Checks a key pattern as a caller sent it; "" is none. */
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
  return patternForm.test(glob) ? undefined : { rule: "may only contain characters of a key and '*'" };
}

/** A pattern with a `*` is a glob over the whole key; any other is looked for anywhere in the key. Undefined: no filter. */
export function globOf(pattern: string): string | undefined {
  if (pattern === "") return undefined;
  const glob = pattern.includes("*") ? pattern : `*${pattern}*`;
  return glob.replace(/\*+/g, "*");
}
