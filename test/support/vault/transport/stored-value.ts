import { sealedPrefix } from "../../../../src/crypto/sealed-text.ts";
import { keyProblem } from "../../../../src/rules/secret-key.ts";
import { members, minify, toFields, toStored } from "../../../../src/vault/json-text.ts";
import type { VaultAnswer } from "../vault-call.ts";

/** Whether Vault's path can name a key. */
export function isPathOf(key: string): boolean {
  return keyProblem(key) === undefined;
}

/** The fields that a client writes so that a value is stored as it is; undefined when there are none. */
export function fieldsFor(value: string | undefined): string | undefined {
  if (value === undefined || value === "" || !value.isWellFormed() || value.startsWith(sealedPrefix)) return undefined;
  const fields = toFields(value);
  return toStored(members(fields)) === value ? fields : undefined;
}

/** The stored value behind the fields of an answer. */
export function valueIn(answer: VaultAnswer): string {
  const data = members(minify(answer.text.trim())).get("data");
  const fields = members(data ?? "{}").get("data");
  if (fields === undefined) throw new Error(`no fields in ${answer.text}`);
  return toStored(members(fields));
}
