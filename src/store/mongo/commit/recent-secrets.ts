import { memoryOf, type StoredSecret } from "../../secret-rows.ts";
import type { RecalledSecret } from "../../secret-store.ts";

type Name = Pick<StoredSecret, "tenant" | "key">;

/** Together with `bytesMax`: what all of them take. A save of another secret reads it first. */
const secretsMax = 10_000;
const bytesMax = 8 * 1024 * 1024;

/** Of larger ones, reading them is the least that a save of them costs. */
const secretBytesMax = 32 * 1024;

/** About what remembering one takes next to the secret itself. */
const entryBytes = 200;

/**
 * A secret that another process also writes is read before each save for this long. Otherwise most saves of two
 * processes in turns would be written in vain first.
 */
const setAsideMs = 1_000;

/**
 * The secrets that this process wrote last, as it wrote them, so that the next save of one of them need not read it
 * first. Any of it may be outdated, so nothing is ever answered from it: only a commit that also checks that exactly
 * this document is stored may be decided on it.
 *
 * Only what was written is remembered, not what was read: reads are far more, and would push it out.
 *
 * 1.1 times as many saves with one caller, and 1.2 times with 16
 * (`npm run bench:against -- CHECKOUT --mongodb --operation write`).
 */
export interface RecentSecrets {
  recall(tenant: string, key: string): RecalledSecret | undefined;
  add(secret: StoredSecret, operation: string): void;
  forget(secret: Name): void;
  /** Must be called when something else was stored than what is remembered. */
  setAside(secret: Name): void;
}

interface Remembered extends RecalledSecret {
  readonly bytes: number;
}

export function createRecentSecrets(now: () => number = () => performance.now()): RecentSecrets {
  const recent = new Map<string, Remembered>();
  /** Until when each secret is not recalled; the earliest first. */
  const setAsideUntil = new Map<string, number>();
  let bytes = 0;

  function drop(name: string): void {
    const found = recent.get(name);
    if (found === undefined) return;
    recent.delete(name);
    bytes -= found.bytes;
  }

  function isSetAside(name: string): boolean {
    const until = setAsideUntil.get(name);
    return until !== undefined && until > now();
  }

  return {
    recall(tenant, key) {
      const name = nameOf({ tenant, key });
      return isSetAside(name) ? undefined : recent.get(name);
    },
    add(secret, operation) {
      const name = nameOf(secret);
      drop(name);
      const size = entryBytes + memoryOf(secret);
      if (secret.removed || size > secretBytesMax) return;
      // A copy: the envelope may be a part of a larger buffer, which would stay in memory with it.
      const copy = Object.freeze({ ...secret, lists: { ...secret.lists }, envelope: Uint8Array.from(secret.envelope) });
      recent.set(name, { secret: copy, operation, bytes: size });
      bytes += size;
      for (const oldest of recent.keys()) {
        if (recent.size <= secretsMax && bytes <= bytesMax) break;
        drop(oldest);
      }
    },
    forget: (secret) => drop(nameOf(secret)),
    setAside(secret) {
      const name = nameOf(secret);
      drop(name);
      setAsideUntil.delete(name);
      setAsideUntil.set(name, now() + setAsideMs);
      for (const [earliest, until] of setAsideUntil) {
        if (until > now() && setAsideUntil.size <= secretsMax) break;
        setAsideUntil.delete(earliest);
      }
    },
  };
}

function nameOf({ tenant, key }: Name): string {
  return `${tenant}\0${key}`;
}
