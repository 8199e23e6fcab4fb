import { StoreError } from "../store-error.ts";

/** SQLite unites at most 500 ranges. 256 is far more roles than a principal has. */
const maxIdentities = 256;

/**
 * The distinct identities, the last one repeated up to a power of two. A statement depends on the number of identities,
 * so this way a few statements serve all callers. Throws `StoreError` beyond 256.
 */
export function padIdentities(visibleTo: readonly string[]): readonly string[] {
  const identities = [...new Set(visibleTo)];
  if (identities.length > maxIdentities) {
    throw new StoreError("unavailable", `a query may name at most ${maxIdentities} identities`);
  }
  let size = 1;
  while (size < identities.length) size *= 2;
  const last = identities.at(-1) ?? "";
  return [...identities, ...Array<string>(size - identities.length).fill(last)];
}

/** Makes the value for a key when it is first requested, and returns the same value from then on. */
export function remember<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key);
    if (value !== undefined) return value;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
