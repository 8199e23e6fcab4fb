import { limits } from "../limits.ts";
import type { StoredSecret } from "./secret-rows.ts";

/** What the secrets of a user, or of a tenant, take. */
export interface Usage {
  /** Live secrets. */
  readonly secrets: number;
  /** All retained versions, those of removed secrets included, by `versionBytes`. */
  readonly bytes: number;
}

/** The most that a commit may lead to, for each owner and for the tenant. `Infinity`: no limit. */
export interface UsageLimits {
  readonly user: Usage;
  readonly tenant: Usage;
}

/** Why a commit was refused: it would make something grow beyond its limit. */
export interface OverQuota {
  /** "" for the tenant as a whole. */
  readonly slug: string;
  readonly resource: keyof Usage;
  readonly limit: number;
  /** What it would have been after the commit. */
  readonly actual: number;
}

/** The row of a tenant as a whole has this in place of a slug. */
export const wholeTenant = "";

/** The state of a secret, as far as usage is concerned. */
export interface Held {
  readonly owner: string;
  readonly removed: boolean;
  /** Bytes of the retained versions, the current one last. One that is missing in between counts 0. */
  readonly sizes: readonly number[];
}

/**
 * Bytes that one version of a secret counts: key, lists, metadata and envelope. Both stores count alike, whatever a row
 * takes on disk.
 */
export function versionBytes({ key, lists, metadata, envelope }: StoredSecret): number {
  let bytes = envelope.length + Buffer.byteLength(key);
  for (const list of Object.values(lists)) for (const entry of list) bytes += Buffer.byteLength(entry);
  for (const [name, value] of metadata) bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  return bytes;
}

/**
 * The state after a change. `former` is the state at version `expectedVersion`; undefined when there was no document.
 */
export function heldAfter(secret: StoredSecret, expectedVersion: number, former: Held | undefined): Held {
  const { owner, removed, version } = secret;
  const bytes = versionBytes(secret);
  const before = former?.sizes ?? [];
  // A document that is rewritten under the same version replaces that version.
  const retained = version === expectedVersion ? before.slice(0, -1) : before;
  const gap = former === undefined || version <= expectedVersion ? 0 : version - expectedVersion - 1;
  const missing = new Array<number>(Math.min(gap, limits.historyVersions)).fill(0);
  return { owner, removed, sizes: [...retained, ...missing, bytes].slice(-limits.historyVersions) };
}

/** The state once the versions before `oldest` are purged. `version` is the current one. */
export function heldWithout(held: Held, version: number, oldest: number): Held {
  return { ...held, sizes: held.sizes.slice(-Math.max(1, version - oldest + 1)) };
}

/** The state once some versions are purged, each of them older than the current `version`. */
export function heldWithoutVersions(held: Held, version: number, versions: readonly number[]): Held {
  const oldest = version - held.sizes.length + 1;
  return { ...held, sizes: held.sizes.map((size, at) => (versions.includes(oldest + at) ? 0 : size)) };
}

/** What the secrets of one tenant gain and lose, by owner. */
export class UsageTally {
  readonly #byOwner = new Map<string, { secrets: number; bytes: number }>();

  /** `undefined` stands for a secret that does not exist, before or after. */
  replace(former: Held | undefined, next: Held | undefined): void {
    if (former !== undefined) this.#add(former, -1);
    if (next !== undefined) this.#add(next, 1);
  }

  #add({ owner, removed, sizes }: Held, sign: 1 | -1): void {
    const usage = this.#byOwner.get(owner) ?? { secrets: 0, bytes: 0 };
    if (!removed) usage.secrets += sign;
    for (const size of sizes) usage.bytes += sign * size;
    this.#byOwner.set(owner, usage);
  }

  /** The change of each owner and, last, of the whole tenant. Without those that stay as they are. */
  changes(): readonly (Usage & { readonly slug: string })[] {
    const changes: (Usage & { readonly slug: string })[] = [];
    let [secrets, bytes] = [0, 0];
    for (const [slug, usage] of this.#byOwner) {
      if (slug !== wholeTenant) changes.push({ slug, ...usage });
      secrets += usage.secrets;
      bytes += usage.bytes;
    }
    changes.push({ slug: wholeTenant, secrets, bytes });
    return changes.filter((change) => change.secrets !== 0 || change.bytes !== 0);
  }
}

/** Whether a change leads beyond the limits. What does not grow is never refused, even if it is beyond them already. */
export function findOverQuota(
  change: Usage & { readonly slug: string },
  after: Usage,
  limitsOfCommit: UsageLimits,
): OverQuota | undefined {
  const limit = change.slug === wholeTenant ? limitsOfCommit.tenant : limitsOfCommit.user;
  for (const resource of ["secrets", "bytes"] as const) {
    if (change[resource] <= 0 || after[resource] <= limit[resource]) continue;
    return { slug: change.slug, resource, limit: limit[resource], actual: after[resource] };
  }
  return undefined;
}
