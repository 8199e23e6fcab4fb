import type { StoredSecret } from "../store/secret-rows.ts";
import { accessListNames } from "../text/access-list-names.ts";

/**
 * Remembers which fields were verified, so that views without values need the envelope of a secret only once. Fields
 * that are equal to verified ones are as good as those.
 *
 * A view without values costs a twentieth of the processor time for verification
 * (`npm run bench:parts -- --only verified-fields`).
 */
export interface VerifiedFields {
  has(secret: StoredSecret): boolean;
  /** Must only be called with a secret that verified, or with fields that are equal to those of one. */
  add(secret: StoredSecret): void;
}

/** With lists and metadata of usual sizes, these take a few MiB. */
const knownMax = 10_000;
/** Larger ones are verified each time. */
const entriesMax = 200;

export function createVerifiedFields(max = knownMax): VerifiedFields {
  // A store may return the same frozen secret again, which then needs no comparison.
  const same = new WeakSet<StoredSecret>();
  const known = new Map<string, StoredSecret>();
  return {
    has(secret) {
      if (same.has(secret)) return true;
      const found = known.get(nameOf(secret));
      if (found === undefined || !haveSameFields(found, secret)) return false;
      if (Object.isFrozen(secret)) same.add(secret);
      return true;
    },
    add(secret) {
      if (entriesOf(secret) > entriesMax) return;
      const name = nameOf(secret);
      if (!known.has(name) && known.size >= max) {
        const [oldest] = known.keys();
        if (oldest !== undefined) known.delete(oldest);
      }
      const { kid: _kid, envelope: _envelope, ...fields } = secret;
      known.set(name, { ...fields, kid: "", envelope: noEnvelope });
    },
  };
}

const noEnvelope = new Uint8Array(0);

function nameOf({ tenant, key }: StoredSecret): string {
  return `${tenant}\0${key}`;
}

function entriesOf({ lists, metadata }: StoredSecret): number {
  return accessListNames.reduce((sum, name) => sum + lists[name].length, metadata.length);
}

function haveSameFields(a: StoredSecret, b: StoredSecret): boolean {
  return (
    a.format === b.format &&
    a.version === b.version &&
    a.id === b.id &&
    a.key === b.key &&
    a.tenant === b.tenant &&
    a.owner === b.owner &&
    a.createdAtMs === b.createdAtMs &&
    a.createdBy === b.createdBy &&
    a.updatedAtMs === b.updatedAtMs &&
    a.updatedBy === b.updatedBy &&
    a.valueChangedAtMs === b.valueChangedAtMs &&
    a.removed === b.removed &&
    accessListNames.every((name) => areSame(a.lists[name], b.lists[name])) &&
    a.metadata.length === b.metadata.length &&
    a.metadata.every(([name, value], at) => b.metadata[at]?.[0] === name && b.metadata[at]?.[1] === value)
  );
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((entry, at) => entry === b[at]);
}
