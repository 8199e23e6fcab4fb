import type { StoredSecret, VisibleTo } from "../store.ts";

/** Secrets as they were read from a database that has not changed since. */
export interface KeptSecrets {
  find(name: string): StoredSecret | undefined;
  /** Also freezes it, down to its lists: it will be given to many callers. */
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
      freeze(secret);
      kept.set(name, secret);
    },
    forgetAll: () => kept.clear(),
  };
}

function freeze(secret: StoredSecret): void {
  for (const list of Object.values(secret.lists)) Object.freeze(list);
  for (const pair of secret.metadata) Object.freeze(pair);
  Object.freeze(secret.lists);
  Object.freeze(secret.metadata);
  Object.freeze(secret);
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
