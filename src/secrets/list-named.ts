import { limits } from "../limits.ts";
import { isWithinGrants } from "../rules/access.ts";
import type { Selection } from "../rules/selection.ts";
import { memoryOf, type StoredSecret } from "../store/secret-rows.ts";
import { compareBytes } from "../text/byte-order.ts";
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

/** Collects named secrets, and says which names are not shown. */
export async function listNamed(collection: ListCollection, selection: Selection, after: string): Promise<Listed> {
  const shown: StoredSecret[] = [];
  let last = "";
  const found = await findNamed(collection, selection);
  if (found === undefined) return { next: last, ...nothingMissing };
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

/**
 * The named secrets that the caller's user may see and the grants include, each once, in the order of their keys. Undefined when
 * they are more than a small list may have.
 */
async function findNamed(
  collection: ListCollection,
  selection: Selection,
): Promise<readonly StoredSecret[] | undefined> {
  const { context, call, view } = collection;
  const { caller } = call;
  const where = { tenant: caller.tenant, visibleTo: visibleTo(caller) };
  const keys = selection.keys.filter((key) => isWithinGrants(caller, key, actionsFor(view)));
  const { ids } = selection;
  const isSmall = collection.maxBytes < limits.answerBytes && keys.length > 1;
  const maxBytes = isSmall ? { maxBytes: collection.maxBytes } : {};
  const byKey = keys.length === 0 ? [] : await context.store.findSecrets({ ...where, keys, ...maxBytes });
  if (isSmall && byKey.reduce((sum, secret) => sum + memoryOf(secret), 0) >= collection.maxBytes) {
    collection.bytes = collection.maxBytes;
    return undefined;
  }
  if (ids.length === 0) return byKey.length < 2 ? byKey : byKey.toSorted(byKeyBytes);
  const byId = await findByIds(context, caller, ids, actionsFor(view));
  // The index may map an id to a secret that does not have it.
  const wantedIds = new Set(ids);
  const found = new Map(byKey.map((secret) => [secret.key, secret]));
  for (const secret of byId) if (wantedIds.has(secret.id)) found.set(secret.key, secret);
  return [...found.values()].sort(byKeyBytes);
}

function byKeyBytes(a: StoredSecret, b: StoredSecret): number {
  return compareBytes(a.key, b.key);
}

function missingNames(
  { keys, ids, keysNamedAsIds }: Selection,
  shown: readonly StoredSecret[],
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
