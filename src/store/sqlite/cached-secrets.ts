import type { StoredSecret, VisibleTo } from "../store.ts";

/** Secrets as they were read from a database that has not changed since. */
export interface KeptSecrets {
  find(name: string): StoredSecret | undefined;
  /** Answers the secret that is kept, if it is: a frozen one, since it will be given to many callers. */
  keep(name: string, secret: StoredSecret): StoredSecret;
  /** To be called whenever the database may have changed. */
  forgetAll(): void;
}

/** With the largest one of them each, these take 4 MiB. */
const keptMax = 1_000;
const envelopeBytesMax = 4 * 1024;

/**
 * The oldest goes when there are more than `max`; with 0 none is kept. Large ones are not kept: finding them costs little
 * beside decrypting them.
 *
 * Buys 2.5 times the reads of one secret, found and opened (`npm run bench:parts -- --only cached-secrets`).
 */
export function createKeptSecrets(max = keptMax): KeptSecrets {
  const kept = new Map<string, StoredSecret>();
  return {
    find: (name) => kept.get(name),
    keep(name, secret) {
      if (max === 0 || secret.envelope.length > envelopeBytesMax) return secret;
      const oldest = kept.size < max ? undefined : kept.keys().next().value;
      if (oldest !== undefined) kept.delete(oldest);
      // A copy: where V8 sees that objects live long, it puts all from there among the old ones, those of every list as well.
      // Its lists are not frozen: arrays of another kind would make all code that reads lists slower.
      const copy = Object.freeze({ ...secret, lists: { ...secret.lists } });
      kept.set(name, copy);
      return copy;
    },
    forgetAll: () => kept.clear(),
  };
}

/**
 * The beginning of a name: whose secrets are looked up, and for whom. What is found depends on both. Lengths keep apart what
 * would otherwise read the same.
 */
export function lookupName(tenant: string, visibleTo: VisibleTo): string {
  let name = `${tenant.length}:${tenant}`;
  if (visibleTo === "everyone") return `${name}*`;
  for (const identity of visibleTo) name += `${identity.length}:${identity}`;
  return `${name}=`;
}
