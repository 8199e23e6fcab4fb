import { checksumMatches } from "../crypto/checksum.ts";
import type { Failure } from "../error.ts";
import { limits } from "../limits.ts";
import { type Decision, decideCreate, grantOfRight, identitiesOf, type Principal } from "../rules/access.ts";
import type { GrantAction } from "../rules/grants.ts";
import type { AccessLists } from "../store/secret-rows.ts";
import {
  type AccessListName,
  accessListNames,
  changersOf,
  listOfRight,
  type Right,
  rights,
} from "../text/access-list-names.ts";
import { bytesOf } from "../text/secret-value.ts";
import type { SaveItem } from "./save-input.ts";

/** The caller may not create this key. The message is the same whether or not there is such a secret. */
export function mayNotCreate(item: SaveItem, key: string, principal: Principal): Failure {
  const at = { right: "create", ...where(item, key, "key") };
  if (decideCreate(principal, key, undefined).rule === "not-granted") return { ...notGranted(key, "create"), ...at };
  const message = `you may not create ${key}: the key does not start with '${principal.slug}/', and no permit of ${identitiesOf(principal).join(", ")} matches it`;
  return { reason: "FOREIGN_PREFIX", message, ...at };
}

/** `decision` is the one that denied the right, where the caller may know of it. */
export function missingRight(item: SaveItem, key: string, right: Right, decision: Decision): Failure {
  const at = { right, ...where(item, key) };
  if (decision.rule === "not-granted") return { ...notGranted(key, grantOfRight[right]), ...at };
  return { reason: "MISSING_RIGHT", message: `no right to ${right} ${key}`, ...at };
}

/** The failure for a narrowed token whose user would be allowed. */
export function notGranted(key: string, action: GrantAction): Pick<Failure, "reason" | "message"> {
  return { reason: "NOT_GRANTED", message: `the token is not granted ${action} on ${key}` };
}

/** The list may not be changed by the caller. */
export function listDenied(item: SaveItem, key: string, list: AccessListName, decision: Decision): Failure {
  const right = rights.find((candidate) => listOfRight[candidate] === changersOf[list]) ?? "change-readers";
  const at = { right, ...where(item, key, list) };
  if (decision.rule === "not-granted") return { ...notGranted(key, "save-lists"), ...at };
  const message =
    changersOf[list] === list
      ? `no right to change ${list} of ${key}: only admins may, or its owner while on that list`
      : `you lack the right ${right} on ${key}`;
  return { reason: "MISSING_RIGHT", message, ...at };
}

export function ownerDenied(item: SaveItem, key: string, decision?: Decision): Failure {
  const at = where(item, key, "owner");
  if (decision?.rule === "not-granted") return { ...notGranted(key, "save-lists"), ...at };
  return { reason: "ADMIN_ONLY", message: `only an admin may change the owner of ${key}`, ...at };
}

/** `fact` says in which state the secret is instead. */
export function staleVersion(item: SaveItem, key: string, fact: string): Failure {
  const isThere = item.ifVersion === 0 ? ": it exists already" : "";
  const message = `${key} ${fact}, not at version ${item.ifVersion}${isThere}`;
  return { reason: "STALE_VERSION", message, ...where(item, key, "ifVersion") };
}

export function valueMissing(item: SaveItem, key: string): Failure {
  const message = `${key} does not exist; a value is needed to create it`;
  return { reason: "INVALID_FIELD", message, ...where(item, key, "value") };
}

export function damagedWithoutValue(item: SaveItem, key: string): Failure {
  const message = `the stored document of ${key} does not verify; give a value, and the lists, to replace it`;
  return { reason: "INTEGRITY", message, ...where(item, key, "value") };
}

/** `text` names what the checksum was compared with. */
export function checksumMismatch(item: SaveItem, key: string, text: string): Failure {
  const message = `the ${item.checksum?.algorithm} checksum given for ${key} does not match ${text}`;
  return { reason: "CHECKSUM_MISMATCH", message, ...where(item, key, "checksum") };
}

/** The encrypted value cannot be used. `rule` follows the name of the field. */
export function notSealed(item: SaveItem, key: string, rule: string): Failure {
  const at = where(item, key, "value");
  return { reason: "NOT_A_SEALED_VALUE", message: `${at.field} (${key}) ${rule}`, ...at };
}

/** The old format is not authenticated, so with it a user could probe the ciphertexts of others. */
export function legacyDenied(item: SaveItem, key: string): Failure {
  const message = `only an admin may save values in the old format, as given for ${key}`;
  return { reason: "ADMIN_ONLY", message, ...where(item, key, "value") };
}

/** What is wrong with the value or the lists of a permitted item; undefined when nothing is. */
export function contentFailure(item: SaveItem, key: string, lists: AccessLists): Failure | undefined {
  const { value, checksum, encrypted } = item;
  // In the old format the checksum is of the plaintext, which is not known yet.
  if (value !== undefined && checksum !== undefined && encrypted?.format !== "legacy") {
    if (!checksumMatches(checksum.algorithm, bytesOf(value), checksum.digest)) {
      return checksumMismatch(item, key, encrypted === undefined ? "the value" : "the sealed text");
    }
  }
  // Creating adds the creator to every list, which can be one too many.
  const list = accessListNames.find((name) => lists[name].length > limits.listEntries);
  if (list === undefined) return undefined;
  const message = `${list} of ${key} must have at most ${limits.listEntries} entries, you included`;
  const sizes = { limit: limits.listEntries, actual: lists[list].length };
  return { reason: "LIMIT_EXCEEDED", message, ...where(item, key, list), ...sizes };
}

function where(item: SaveItem, key: string, field?: string) {
  return { index: item.index, key, field: `secrets[${item.index}]${field === undefined ? "" : `.${field}`}` };
}
