import type { Failure } from "../error.ts";
import { limits } from "../limits.ts";
import { mayLearnOf, type Principal } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { derivedId, randomId } from "../rules/secret-key.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { findInParts, sizeOf } from "./find-in-parts.ts";
import type { SaveItem } from "./save-input.ts";

/** The id for a new secret: the one that the item names, else the derived one or, where that is taken, a random one. */
export function newIdFor(
  tenant: string,
  key: string,
  wantedId: string | undefined,
  isTaken: (id: string) => boolean,
): string {
  if (wantedId !== undefined) return wantedId;
  const derived = derivedId(tenant, key);
  return isTaken(derived) ? randomId() : derived;
}

export interface WantedId {
  readonly principal: Principal;
  readonly item: SaveItem;
  readonly key: string;
  /** The id of the secret that has the key, also of a removed one; undefined for a new key. */
  readonly storedId: string | undefined;
  /** Another secret, live or removed, has the id that the item names. */
  readonly isIdTaken: boolean;
}

/**
 * Why the id that an item names cannot be that of its secret; undefined when it can. A save never stores another id
 * than the named one: callers would then read and write the wrong secret by the id that they asked for.
 */
export function idFailure({ principal, item, key, storedId, isIdTaken }: WantedId): Failure | undefined {
  const { wantedId } = item;
  if (wantedId === undefined || wantedId === storedId) return undefined;
  const derived = derivedId(principal.tenant, key);
  const own = storedId ?? derived;
  if (!mayName(principal, key, wantedId)) {
    return refused(item, key, `must be left out, or be that of ${key}, ${own}: only admins choose ids`);
  }
  if (isIdTaken) return refused(item, key, "is the id of another secret, live or removed: name another, or none");
  if (storedId === undefined || wantedId === derived) return undefined;
  return refused(item, key, `must be left out, or be that of ${key}, ${own}: the id of a secret never changes`);
}

/**
 * The keys of the secrets that have the ids which the items name. Looks up only ids that this caller may name, and only
 * where it may learn of the key itself, so that nothing shows whether any other id is in use.
 */
export async function findIdOwners(
  context: Pick<Context, "store">,
  caller: Principal,
  items: readonly SaveItem[],
  current: ReadonlyMap<string, StoredSecret>,
): Promise<ReadonlyMap<string, string>> {
  const ids = items.flatMap(({ key, wantedId }) => {
    if (key === undefined || wantedId === undefined || wantedId === current.get(key)?.id) return [];
    const mayLearn = current.has(key) || mayLearnOf(caller, key);
    return mayLearn && mayName(caller, key, wantedId) ? [wantedId] : [];
  });
  const owners = new Map<string, string>();
  const where = { tenant: caller.tenant, visibleTo: "everyone" } as const;
  const learn = (secrets: readonly StoredSecret[]) => {
    for (const { id, key } of secrets) owners.set(id, key);
  };
  const maxBytes = limits.answerBytes;
  const found = ids.length === 0 ? [] : await context.store.findSecrets({ ...where, ids, maxBytes });
  learn(found);
  if (sizeOf(found) < maxBytes) return owners;
  for await (const part of findInParts(ids, (some) => context.store.findSecrets({ ...where, ids: some }))) learn(part);
  return owners;
}

/** An admin names any id. For others this depends on the key alone, never on which ids exist. */
function mayName(principal: Principal, key: string, id: string): boolean {
  return principal.admin || id === derivedId(principal.tenant, key);
}

function refused({ index }: SaveItem, key: string, rule: string): Failure {
  const field = `secrets[${index}].id`;
  return { reason: "INVALID_FIELD", message: `${field} ${rule}`, index, key, field };
}
