import { limits } from "../limits.ts";
import { isWithinGrants } from "../rules/access.ts";
import type { Selection } from "../rules/selection.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { SecretLookup, SecretName } from "../store/secret-store.ts";
import { compareBytes } from "../text/byte-order.ts";
import { findInParts, sizeOf } from "./find-in-parts.ts";
import {
  actionsFor,
  addSecret,
  isFull,
  type ListCollection,
  type Listed,
  nothingMissing,
  wasShown,
} from "./list-collection.ts";
import { findByIds, visibleTo } from "./verified-secret.ts";

/**
 * Lists secrets by name, in the order of their keys. All that one answer may have is read from one snapshot. More is
 * read in parts, so that a thousand of the largest values are never in memory together.
 */
export async function listNamed(collection: ListCollection, selection: Selection, after: string): Promise<Listed> {
  const keys = grantedKeys(collection, selection);
  const found = await findAtOnce(collection, selection, keys);
  if (found !== undefined) return addFound(collection, selection, after, found);
  if (collection.maxBytes < limits.answerBytes) {
    collection.bytes = collection.maxBytes;
    return { next: after, ...nothingMissing };
  }
  return addInParts(collection, selection, after, [...new Set([...keys, ...(await keysOfIds(collection, selection))])]);
}

function addFound(
  collection: ListCollection,
  selection: Selection,
  after: string,
  found: readonly StoredSecret[],
): Listed {
  const shown: SecretName[] = [];
  let last = after;
  for (const secret of found) {
    if (secret.key <= after) {
      if (wasShown(collection, secret)) shown.push(secret);
      continue;
    }
    if (isFull(collection)) return { next: last, ...nothingMissing };
    if (addSecret(collection, secret)) shown.push(secret);
    last = secret.key;
  }
  // Missing names are reported once, on the page that reaches the end.
  return { next: undefined, ...missingNames(selection, shown) };
}

async function addInParts(
  collection: ListCollection,
  selection: Selection,
  after: string,
  keys: readonly string[],
): Promise<Listed> {
  const { context, call } = collection;
  const where = { tenant: call.caller.tenant, visibleTo: visibleTo(call.caller) };
  const wanted = new Set([...selection.keys, ...selection.ids]);
  const isWanted = ({ key, id }: SecretName) => wanted.has(key) || wanted.has(id);
  const sorted = keys.toSorted(compareBytes);
  const shown: SecretName[] = [];
  let last = after;
  for await (const part of findInParts(
    sorted.filter((key) => key > after),
    (some) => context.store.findSecrets({ ...where, keys: some }),
  )) {
    for (const secret of part.filter(isWanted).sort(byKeyBytes)) {
      if (isFull(collection)) return { next: last, ...nothingMissing };
      if (addSecret(collection, secret)) shown.push(nameOf(secret));
      last = secret.key;
    }
  }
  for await (const part of findInParts(
    sorted.filter((key) => key <= after),
    (some) => context.store.findSecrets({ ...where, keys: some }),
  )) {
    shown.push(...part.filter((secret) => isWanted(secret) && wasShown(collection, secret)).map(nameOf));
  }
  return { next: undefined, ...missingNames(selection, shown) };
}

function grantedKeys({ call, view }: ListCollection, { keys }: Selection): readonly string[] {
  return keys.filter((key) => isWithinGrants(call.caller, key, actionsFor(view)));
}

/**
 * The named secrets that the caller's user may see and the grants include, each once, in the order of their keys.
 * Undefined when they are more than the list may have.
 */
async function findAtOnce(
  collection: ListCollection,
  { keys: allKeys, ids }: Selection,
  keys: readonly string[],
): Promise<readonly StoredSecret[] | undefined> {
  const { context, call, view, maxBytes } = collection;
  const { caller } = call;
  const where = { tenant: caller.tenant, visibleTo: visibleTo(caller) };
  // One secret fits into what every call may use.
  const isOne = allKeys.length + ids.length === 1;
  const limit: Pick<SecretLookup, "maxBytes"> = isOne ? {} : { maxBytes };
  const byKey = keys.length === 0 ? [] : await context.store.findSecrets({ ...where, keys, ...limit });
  // One row alone may be larger, and then the others were not read.
  if (!isOne && sizeOf(byKey) >= maxBytes) return undefined;
  if (ids.length === 0 && byKey.length < 2) return byKey;
  if (ids.length === 0) return byKey.toSorted(byKeyBytes);
  const byId = await findByIds(context, caller, ids, actionsFor(view), limit);
  if (!isOne && sizeOf(byKey) + sizeOf(byId) >= maxBytes) return undefined;
  // The index may map an id to a secret that does not have it.
  const wantedIds = new Set(ids);
  const found = new Map(byKey.map((secret) => [secret.key, secret]));
  for (const secret of byId) if (wantedIds.has(secret.id)) found.set(secret.key, secret);
  return [...found.values()].sort(byKeyBytes);
}

async function keysOfIds({ context, call, view }: ListCollection, { ids }: Selection): Promise<readonly string[]> {
  const wanted = new Set(ids);
  const keys: string[] = [];
  for await (const part of findInParts(ids, (some) => findByIds(context, call.caller, some, actionsFor(view)))) {
    for (const { key, id } of part) if (wanted.has(id)) keys.push(key);
  }
  return keys;
}

function nameOf({ key, id }: SecretName): SecretName {
  return { key, id };
}

function byKeyBytes(a: StoredSecret, b: StoredSecret): number {
  return compareBytes(a.key, b.key);
}

function missingNames(
  { keys, ids, keysNamedAsIds }: Selection,
  shown: readonly SecretName[],
): Pick<Listed, "missingKeys" | "missingIds"> {
  if (ids.length === 0 && shown.length === keys.length) return nothingMissing;
  const shownKeys = new Set(shown.map(({ key }) => key));
  const shownIds = new Set(shown.map(({ id }) => id));
  const missing = keys.filter((key) => !shownKeys.has(key));
  return {
    missingKeys: missing.filter((key) => !keysNamedAsIds.has(key)),
    missingIds: [...missing.filter((key) => keysNamedAsIds.has(key)), ...ids.filter((id) => !shownIds.has(id))],
  };
}
