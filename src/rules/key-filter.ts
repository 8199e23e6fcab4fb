import { SecretError } from "../error.ts";
import { globOf, keyPatternFailure } from "./key-pattern.ts";
import { keyProblem } from "./secret-key.ts";
import { nameFailure } from "./selection.ts";

/** Which keys are meant. */
export interface KeyFilter {
  /** What all of them begin with; "" for all. */
  readonly prefix: string;
  /** In which only `*` is special; undefined for all. */
  readonly glob: string | undefined;
}

/** Checks a namespace and a key pattern as a caller sent them; "" is none. Throws INVALID_FIELD and LIMIT_EXCEEDED. */
export function checkKeyFilter(namespace: string, keyPattern: string): KeyFilter {
  if (namespace !== "") {
    const problem = namespace.includes("/")
      ? { rule: "must be one segment of a key, without '/'" }
      : keyProblem(namespace);
    if (problem !== undefined) throw new SecretError(nameFailure("namespace", 0, problem));
  }
  const failure = keyPatternFailure(keyPattern);
  if (failure !== undefined) throw new SecretError(failure);
  return { prefix: namespace === "" ? "" : `${namespace}/`, glob: globOf(keyPattern) };
}
