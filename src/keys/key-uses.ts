import type { Keyring } from "../crypto/keyring.ts";
import { envelopeKid } from "../crypto/rest-envelope.ts";
import type { KeyStore } from "../store/key-store.ts";
import type { KeyedKind } from "../store/rewrappable-rows.ts";
import type { StoredKey } from "../store/stored-key.ts";

/** What depends on one keyring key: how many rows, and how many keys it wraps. */
export type KeyUses = Readonly<Record<KeyedKind | "auditKeys" | "sealingKeys", number>>;

/** A store, or a snapshot of one. */
export type KeyReader = Pick<KeyStore, "listKeys" | "countByKey">;

export const noUses: KeyUses = {
  secrets: 0,
  history: 0,
  users: 0,
  tokens: 0,
  permits: 0,
  idempotency: 0,
  auditKeys: 0,
  sealingKeys: 0,
};

/** What depends on each keyring key, by kid. Leaves out keys that nothing depends on. */
export async function countKeyUses(store: KeyReader, nowMs: number): Promise<ReadonlyMap<string, KeyUses>> {
  const uses = new Map<string, KeyUses>();
  const add = (kid: string, kind: keyof KeyUses, count: number) => {
    const known = uses.get(kid) ?? noUses;
    uses.set(kid, { ...known, [kind]: known[kind] + count });
  };
  for (const { kind, kid, rows } of await store.countByKey(nowMs)) add(kid, kind, rows);
  for (const key of await store.listKeys()) {
    const kid = wrappingKid(key);
    if (kid !== undefined) add(kid, key.purpose === "audit" ? "auditKeys" : "sealingKeys", 1);
  }
  return uses;
}

/**
 * Deletes the fingerprints of keys that nothing depends on, so that the service starts without these keys. Never
 * deletes the fingerprint of the active key, nor of a key that a running process writes with.
 */
export async function retireUnusedKeys(
  store: KeyStore,
  keyring: Keyring,
  activeKids: () => Promise<readonly string[]>,
  nowMs: number,
): Promise<void> {
  const uses = await countKeyUses(store, nowMs);
  const writers = await activeKids();
  for (const key of await store.listKeys()) {
    const isUnused = key.purpose === "keyring" && !uses.has(key.kid);
    if (!isUnused || key.kid === keyring.active.kid || writers.includes(key.kid)) continue;
    await store.removeKey(key);
    // A process that started with this key in the meantime is registered by now, or adds the fingerprint after this.
    if ((await activeKids()).includes(key.kid)) await store.addKey(key);
  }
}

/** The keyring key that wraps a stored key. Undefined when the key is not wrapped, is destroyed, or is damaged. */
function wrappingKid({ purpose, data }: StoredKey): string | undefined {
  if ((purpose !== "audit" && purpose !== "sealing") || data.length === 0) return undefined;
  try {
    return envelopeKid(data);
  } catch {
    return undefined;
  }
}
