import { checksumMatches } from "../crypto/checksum.ts";
import type { AccessLists } from "../store/store.ts";
import { type ListName, listNames, listOfRight, type Right, rights } from "./access.ts";
import type { Failure } from "./error.ts";
import { limits } from "./limits.ts";
import type { SaveItem } from "./save-input.ts";

/** The key is not the caller's to create. */
export function foreignPrefix(item: SaveItem, key: string, slug: string): Failure {
  const message = `may not create ${key}: only admins create keys that do not start with '${slug}/'`;
  return { reason: "FOREIGN_PREFIX", message, right: "create", ...where(item, key, "key") };
}

export function missingRight(item: SaveItem, key: string, right: Right): Failure {
  return { reason: "MISSING_RIGHT", message: `no right to ${right} ${key}`, right, ...where(item, key) };
}

/** The list may not be changed by the caller. */
export function listDenied(item: SaveItem, key: string, list: ListName): Failure {
  const right = rights.find((candidate) => listOfRight[candidate] === changedBy[list]) ?? "change-readers";
  const message =
    changedBy[list] === list
      ? `no right to change ${list} of ${key}: only admins may, and its owner while listed in it`
      : `no right to ${right} of ${key}`;
  return { reason: "MISSING_RIGHT", message, right, ...where(item, key, list) };
}

export function ownerDenied(item: SaveItem, key: string): Failure {
  const message = `only an admin may change the owner of ${key}`;
  return { reason: "ADMIN_ONLY", message, ...where(item, key, "owner") };
}

/** `fact` says what the secret is instead. */
export function staleVersion(item: SaveItem, key: string, fact: string): Failure {
  const message = `${key} ${fact}, not at version ${item.ifVersion}`;
  return { reason: "STALE_VERSION", message, ...where(item, key, "ifVersion") };
}

export function valueMissing(item: SaveItem, key: string): Failure {
  const message = `${key} does not exist, and to create it a value is needed`;
  return { reason: "INVALID_FIELD", message, ...where(item, key, "value") };
}

/** What is wrong with the value or the lists of an item that was permitted; undefined when nothing is. */
export function contentFailure(item: SaveItem, key: string, lists: AccessLists): Failure | undefined {
  const { value, checksum } = item;
  if (value !== undefined && checksum !== undefined) {
    if (!checksumMatches(checksum.algorithm, Buffer.from(value), checksum.digest)) {
      const message = `the ${checksum.algorithm} checksum given for ${key} is not that of the value given`;
      return { reason: "CHECKSUM_MISMATCH", message, ...where(item, key, "checksum") };
    }
  }
  // Creating adds the creator to every list, which can be one too many.
  const list = listNames.find((name) => lists[name].length > limits.listEntries);
  if (list === undefined) return undefined;
  const message = `${list} of ${key} must have at most ${limits.listEntries} entries, you included`;
  const sizes = { limit: limits.listEntries, actual: lists[list].length };
  return { reason: "LIMIT_EXCEEDED", message, ...where(item, key, list), ...sizes };
}

/** The list that says who may change a list; the change lists answer for themselves. */
const changedBy: Record<ListName, ListName> = {
  readers: "canChangeReaders",
  writers: "canChangeWriters",
  deleters: "canChangeDeleters",
  canChangeReaders: "canChangeReaders",
  canChangeWriters: "canChangeWriters",
  canChangeDeleters: "canChangeDeleters",
};

function where(item: SaveItem, key: string, field?: string) {
  return { index: item.index, key, field: `secrets[${item.index}]${field === undefined ? "" : `.${field}`}` };
}
