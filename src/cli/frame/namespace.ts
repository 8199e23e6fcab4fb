import { keyProblem } from "../../rules/secret-key.ts";
import { usageError } from "./errors.ts";

/** The key with the namespace and `/` before it, unless it already begins with them. */
export function withNamespace(key: string, namespace: string | undefined): string {
  return namespace === undefined || key.startsWith(`${namespace}/`) ? key : `${namespace}/${key}`;
}

/** @throws CliError when the namespace is not one or more segments of a key */
export function checkNamespace(namespace: string | undefined): void {
  if (namespace === undefined) return;
  const bare = namespace.replace(/\/+$/, "");
  if (bare !== namespace && keyProblem(bare) === undefined) {
    throw usageError(`the namespace is written without '/' at its end: ${bare}`);
  }
  const rule = keyProblem(namespace)?.rule;
  if (rule !== undefined) throw usageError(`the namespace ${rule}`);
}
