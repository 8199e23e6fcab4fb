import { type Failure, SecretError } from "./error.ts";
import { isSecretId, keyProblem } from "./key.ts";
import { limits } from "./limits.ts";

/** Names as a request has them: in the plural or the singular, keys or ids. */
export interface NamesInput {
  readonly keys: readonly string[];
  readonly ids: readonly string[];
  readonly key: string;
  readonly id: string;
}

/** One name of a request, and where it stands. */
export interface SelectedName {
  readonly name: string;
  /** Position of its first mention. */
  readonly index: number;
  /** JSON path of that, such as `keys[2]`. */
  readonly field: string;
}

/** The secrets that a request names, without repeats, in the order of the request. */
export interface Selection {
  /** Keys and ids alike. */
  readonly names: readonly SelectedName[];
  readonly keys: readonly string[];
  readonly ids: readonly string[];
  /** Which of `keys` came in a field for ids: an id that has not the form of one is a key. */
  readonly keysNamedAsIds: ReadonlySet<string>;
}

/** Checks names and puts them in one form. Throws for mixed fields, malformed names and too many of them. */
export function selectNames(input: NamesInput): Selection {
  const used = (["keys", "ids", "key", "id"] as const).filter((field) => input[field].length > 0);
  const [first, second] = used;
  if (first !== undefined && second !== undefined) {
    const message = `${first} and ${second} must not both be set`;
    throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field: second });
  }
  const named = input.keys.length + input.ids.length;
  if (named > limits.batchItems) {
    const field = first ?? "keys";
    const message = `${field} must have at most ${limits.batchItems} entries`;
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, limit: limits.batchItems, actual: named });
  }
  const asKeys = input.key === "" ? input.keys : [input.key];
  const asIds = input.id === "" ? input.ids : [input.id];
  const keysNamedAsIds = new Set(asIds.filter((id) => !isSecretId(id)));
  const names = positionsOf([...asKeys, ...asIds], first ?? "keys");
  checkNames(names);
  return {
    names,
    keys: [...new Set([...asKeys, ...keysNamedAsIds])],
    ids: [...new Set(asIds.filter(isSecretId))],
    keysNamedAsIds,
  };
}

function positionsOf(names: readonly string[], field: keyof NamesInput): readonly SelectedName[] {
  const isList = field === "keys" || field === "ids";
  const positions = new Map<string, SelectedName>();
  for (const [index, name] of names.entries()) {
    if (!positions.has(name)) positions.set(name, { name, index, field: isList ? `${field}[${index}]` : field });
  }
  return [...positions.values()];
}

/** Ids, too: those that have the form of one have also that of a key. */
function checkNames(names: readonly SelectedName[]): void {
  const failures = names.flatMap(({ name, index, field }): Failure[] => {
    const problem = keyProblem(name);
    return problem === undefined ? [] : [nameFailure(field, index, problem)];
  });
  const [first, ...rest] = failures;
  if (first !== undefined) throw new SecretError(first, ...rest);
}

/** A failure for a name that breaks a rule of its grammar. */
export function nameFailure(
  field: string,
  index: number,
  problem: { readonly rule: string; readonly limit?: number; readonly actual?: number },
): Failure {
  const { rule, ...sizes } = problem;
  const reason = sizes.limit === undefined ? "INVALID_FIELD" : "LIMIT_EXCEEDED";
  return { reason, message: `${field} ${rule}`, field, index, ...sizes };
}
