import type { StoredSecret } from "../../secret-rows.ts";
import type { SecretChange } from "../../secret-store.ts";
import type { Held } from "../../usage.ts";

/** Secrets that are remembered. One more makes the oldest one be read again. */
const knownMax = 10_000;

/**
 * What secrets count, as they were last read or written by this process, so that a commit need not read them again. It
 * may be outdated: a commit that relies on it also checks that it still holds.
 *
 * With one caller 1.15 times as many saves of one secret (`npm run bench:parts -- --only known-held`).
 */
export interface KnownHeld {
  /** Undefined unless it is known for this version. */
  find(change: SecretChange): Held | undefined;
  add(secret: Pick<StoredSecret, "tenant" | "key" | "version">, held: Held): void;
  forget(secret: Pick<StoredSecret, "tenant" | "key">): void;
}

export function createKnownHeld(): KnownHeld {
  const known = new Map<string, { readonly version: number; readonly held: Held }>();
  return {
    find({ secret, expectedVersion }) {
      const found = known.get(nameOf(secret));
      return found?.version === expectedVersion ? found.held : undefined;
    },
    add(secret, held) {
      const name = nameOf(secret);
      const [oldest] = known.size >= knownMax && !known.has(name) ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
      known.set(name, { version: secret.version, held });
    },
    forget: (secret) => void known.delete(nameOf(secret)),
  };
}

function nameOf({ tenant, key }: Pick<StoredSecret, "tenant" | "key">): string {
  return `${tenant}\0${key}`;
}
