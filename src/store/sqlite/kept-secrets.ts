import type { StoredSecret, VisibleTo } from "../store.ts";

/** Secrets as they were read from a database that has not changed since. */
export interface KeptSecrets {
  find(name: string): StoredSecret | undefined;
  /** Also freezes it: it will be given to many callers. */
  keep(name: string, secret: StoredSecret): void;
  /** To be called as soon as anything in the database may be different. */
  forgetAll(): void;
}

/** With the largest one of them each, these take 4 MiB. */
const keptMax = 1_000;
const envelopeBytesMax = 4 * 1024;

/** The oldest goes when there are too many. Large ones are not kept: finding them costs little beside decrypting them. */
export function createKeptSecrets(): KeptSecrets {
  const kept = new Map<string, StoredSecret>();
  return {
    find: (name) => kept.get(name),
    keep(name, secret) {
      if (secret.envelope.length > envelopeBytesMax) return;
      const oldest = kept.size < keptMax ? undefined : kept.keys().next().value;
      if (oldest !== undefined) kept.delete(oldest);
      // Not its lists: arrays of another kind would make all code that reads lists slower, by a fifth for a page of secrets.
      kept.set(name, Object.freeze(secret));
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
