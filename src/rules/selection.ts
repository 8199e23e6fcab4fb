import { type Failure, SecretError, throwAny } from "../error.ts";
import { limits } from "../limits.ts";
import { isSecretId, keyProblem, type NameProblem } from "./secret-key.ts";

/** The names in a request: keys or ids, in a plural or a singular field. */
export interface NamesInput {
  readonly keys: readonly string[];
  readonly ids: readonly string[];
  readonly key: string;
  readonly id: string;
}

/** One name in a request, and its position. */
export interface SelectedName {
  readonly name: string;
  /** Where it occurs first. */
  readonly index: number;
  /** JSON path of that position, such as `keys[2]`. */
  readonly field: string;
}

/** The secrets that a request names, without repeats, in the order of the request. */
export interface Selection {
  readonly keys: readonly string[];
  readonly ids: readonly string[];
  /** Those of `keys` that came in a field for ids: a name there that does not have the form of an id is a key. */
  readonly keysNamedAsIds: ReadonlySet<string>;
}

/** The same with its key as its id, if the request named it like that. */
export function withNamedId<T extends { readonly key: string; readonly id: string }>(
  named: T,
  keysNamedAsIds: ReadonlySet<string>,
): T {
  return keysNamedAsIds.has(named.key) ? { ...named, id: named.key } : named;
}

const none: ReadonlySet<string> = new Set();

/** Checks names and brings them into canonical form. Throws for mixed fields, malformed names and too many names. */
export function selectNames(input: NamesInput): Selection {
  const field = fieldOf(input);
  const names = namesIn(input, field);
  checkNames(names, field);
  if (field === "keys" || field === "key") return { keys: withoutRepeats(names), ids: [], keysNamedAsIds: none };
  const keysNamedAsIds = new Set(names.filter((id) => !isSecretId(id)));
  return { keys: [...keysNamedAsIds], ids: withoutRepeats(names.filter(isSecretId)), keysNamedAsIds };
}

/** Where each name occurs first in a request. */
export function positionsOf(input: NamesInput): readonly SelectedName[] {
  const field = fieldOf(input);
  const positions = new Map<string, SelectedName>();
  for (const [index, name] of namesIn(input, field).entries()) {
    if (!positions.has(name)) positions.set(name, { name, index, field: pathOf(field, index) });
  }
  return [...positions.values()];
}

/** The one field that is set; `keys` when none is. Throws when two are set. */
function fieldOf(input: NamesInput): keyof NamesInput {
  let used: keyof NamesInput | undefined;
  for (const field of ["keys", "ids", "key", "id"] as const) {
    if (input[field].length === 0) continue;
    if (used !== undefined) {
      const message = `${used} and ${field} must not both be set`;
      throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field });
    }
    used = field;
  }
  return used ?? "keys";
}

function namesIn(input: NamesInput, field: keyof NamesInput): readonly string[] {
  const names = input[field];
  return typeof names === "string" ? [names] : names;
}

function pathOf(field: keyof NamesInput, index: number): string {
  return field === "keys" || field === "ids" ? `${field}[${index}]` : field;
}

/** Also checks ids: every id has the form of a key. */
function checkNames(names: readonly string[], field: keyof NamesInput): void {
  checkBatchSize(field, names);
  const failures: Failure[] = [];
  for (const [index, name] of names.entries()) {
    const problem = keyProblem(name);
    if (problem !== undefined) failures.push(nameFailure(pathOf(field, index), index, problem));
  }
  throwAny(failures);
}

function withoutRepeats(names: readonly string[]): readonly string[] {
  return names.length < 2 ? names : [...new Set(names)];
}

/** A failure for a name that breaks a rule of its grammar. */
export function nameFailure(field: string, index: number, problem: NameProblem): Failure {
  const { rule, ...sizes } = problem;
  const reason = sizes.limit === undefined ? "INVALID_FIELD" : "LIMIT_EXCEEDED";
  return { reason, message: `${field} ${rule}`, field, index, ...sizes };
}

/** Throws when a name breaks a rule of its grammar. `problem` is undefined when it breaks none. */
export function requireWellFormed(field: string, problem: NameProblem | undefined, index = 0): void {
  if (problem !== undefined) throw new SecretError(nameFailure(field, index, problem));
}

/** Throws LIMIT_EXCEEDED when a field has more entries than a batch may have. */
export function checkBatchSize(field: string, entries: readonly unknown[]): void {
  const limit = limits.batchItems;
  if (entries.length <= limit) return;
  const message = `${field} must have at most ${limit} entries`;
  throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, limit, actual: entries.length });
}

/** What a request gives in the singular or the plural: `value` or `values`. */
export interface OneOrSeveral {
  readonly value: string | undefined;
  readonly values: readonly string[];
}

/** The values of a request: one, or several, but not both. Throws `SecretError`. */
export function valuesOf({ value, values }: OneOrSeveral): readonly string[] {
  if (value !== undefined && values.length > 0) {
    const message = "value and values must not both be set";
    throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field: "values" });
  }
  if (value === undefined && values.length === 0) {
    throw new SecretError({ reason: "INVALID_FIELD", message: "value or values must be set", field: "value" });
  }
  checkBatchSize("values", values);
  return value === undefined ? values : [value];
}

/** Where one of the values is in the request. */
export function placeOfValue({ value }: OneOrSeveral, index: number): Pick<Failure, "index"> & { field: string } {
  return { index, field: value === undefined ? `values[${index}]` : "value" };
}

/** The answer in the form of the request: one result for `value`, several for `values`. */
export function answerLike({ value }: OneOrSeveral, results: readonly string[]): OneOrSeveral {
  return value === undefined ? { value: undefined, values: results } : { value: results[0], values: [] };
}
