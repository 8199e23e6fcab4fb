import type { StoredSecret } from "../secret-rows.ts";
import type { VisibleTo } from "../secret-store.ts";

/** A cache of secrets as they were read from a database that has not changed since. */
export interface CachedSecrets {
  find(name: string): StoredSecret | undefined;
  /**
   * Returns the secret to hand out: the cached copy, frozen because many callers share it, or one that is too large to
   * cache.
   */
  add(name: string, secret: StoredSecret): StoredSecret;
  /** Must be called whenever the database may have changed. */
  clear(): void;
}

/** With envelopes of the largest size, the cache takes 4 MiB. */
const cachedMax = 1_000;
const envelopeBytesMax = 4 * 1024;

/**
 * A cache of `max` secrets drops its oldest one when it is full; 0 caches none. Large secrets are not cached: finding
 * them costs little next to decrypting them.
 *
 * 2.5 times as many reads of one secret, found and opened (`npm run bench:parts -- --only cached-secrets`).
 */
export function createCachedSecrets(max = cachedMax): CachedSecrets {
  const cached = new Map<string, StoredSecret>();
  return {
    find: (name) => cached.get(name),
    add(name, secret) {
      if (max === 0 || secret.envelope.length > envelopeBytesMax) return secret;
      const oldest = cached.size < max ? undefined : cached.keys().next().value;
      if (oldest !== undefined) cached.delete(oldest);
      // A copy: once V8 sees that objects from one place live long, it allocates all of them as old, also those of
      // every list. The lists are not frozen: frozen arrays are of another kind, and would slow down all code that
      // reads lists.
      const copy = Object.freeze({ ...secret, lists: { ...secret.lists } });
      cached.set(name, copy);
      return copy;
    },
    clear: () => cached.clear(),
  };
}

/**
 * The beginning of a name: the tenant whose secrets are looked up, and the identities they are looked up for. The
 * result depends on both. The lengths keep names apart that would otherwise be the same text.
 */
export function lookupName(tenant: string, visibleTo: VisibleTo): string {
  let name = `${tenant.length}:${tenant}`;
  if (visibleTo === "everyone") return `${name}*`;
  for (const identity of visibleTo) name += `${identity.length}:${identity}`;
  return `${name}=`;
}
