import type { Document, IndexDescription } from "mongodb";
import { commonAction } from "../../audit-page.ts";

/**
 * Version of the layout of all collections. A database with another version is migrated or refused: a change here needs
 * a step in `migrations/` (see CONTRIBUTING.md).
 */
export const schemaVersion = 9;

/** The oldest version that the steps in `migrations/` begin with. */
export const oldestSchemaVersion = 1;

/** An index. Every query names the one it uses: otherwise MongoDB may keep choosing a bad one. */
export type IndexSpec = IndexDescription & { readonly name: string };

/** The rows under a keyring key, to count them and to put them under another key. */
export const kidIndex = { name: "kid", key: { kid: 1, _id: 1 } } as const;

/**
 * `removed` comes before the identities, so that removed secrets are stored apart and cost a page nothing. The indexes
 * by identity show which identities see a key, or an id, without reading a document. Those with the id at their end
 * have everything that a page of names shows.
 */
export const secretIndexes = {
  byKey: { name: "key", key: { tenant: 1, key: 1 }, unique: true },
  byId: { name: "id", key: { tenant: 1, id: 1 }, unique: true },
  live: { name: "live_names", key: { tenant: 1, removed: 1, key: 1, id: 1 } },
  visible: { name: "visible_names", key: { tenant: 1, removed: 1, visibleTo: 1, key: 1, id: 1 } },
  visibleId: { name: "visible_id", key: { tenant: 1, removed: 1, visibleTo: 1, id: 1 } },
  readable: { name: "readable_names", key: { tenant: 1, removed: 1, readers: 1, key: 1, id: 1 } },
  byRemoval: { name: "removal", key: { removed: 1, updatedAtMs: 1 } },
  byKid: kidIndex,
} as const satisfies Record<string, IndexSpec>;

export const historyIndex = { name: "version", key: { tenant: 1, key: 1, version: -1 }, unique: true } as const;

export const userIndex = { name: "slug", key: { tenant: 1, slug: 1 }, unique: true } as const;

/** Permits: one document for each user or role that has ever had one. */
export const permitIndex = { name: "name", key: { tenant: 1, name: 1 }, unique: true } as const;

/** Users by what their issuer calls them. */
export const issuerIndex = { name: "login", key: { issuer: 1, subject: 1 } } as const;

/** Users by what authenticators call them. */
export const handleIndex = { name: "handle", key: { handle: 1 } } as const;

export const tokenIndexes = {
  byId: { name: "id", key: { tenant: 1, id: 1 }, unique: true },
  byHash: { name: "hash", key: { hash: 1 }, unique: true },
  bySlug: { name: "slug", key: { tenant: 1, slug: 1, id: 1 } },
  live: { name: "live", key: { tenant: 1, revokedAtMs: 1, expireAtMs: 1 } },
  liveOfSlug: { name: "live_slug", key: { tenant: 1, slug: 1, revokedAtMs: 1, expireAtMs: 1 } },
  bySid: { name: "sid", key: { issuer: 1, sid: 1 } },
  sessions: { name: "sessions", key: { kind: 1, expireAtMs: 1 } },
} as const satisfies Record<string, IndexSpec>;

export const idempotencyIndexes = {
  byKey: { name: "key", key: { tenant: 1, principal: 1, rpc: 1, key: 1 }, unique: true },
  byAge: { name: "age", key: { createdAtMs: 1 } },
  byKid: { name: kidIndex.name, key: { kid: 1, createdAtMs: 1 } },
} as const satisfies Record<string, IndexSpec>;

export const loginIndex = { name: "end", key: { endAtMs: 1 } } as const;

/** Each process has rows of its own, whose sum counts. */
export const usageIndex = { name: "user", key: { tenant: 1, slug: 1 } } as const;

/** `_id` is chain and position, so records of one time are in the order that pages promise. */
export const auditIndexes = {
  ofTenant: { name: "time", key: { tenant: 1, timeMs: -1, _id: -1 } },
  ofKey: { name: "key", key: { tenant: 1, key: 1, timeMs: -1, _id: -1 } },
  ofPrincipal: { name: "principal", key: { tenant: 1, principal: 1, timeMs: -1, _id: -1 } },
  // A read of a secret costs no entry here.
  ofAction: {
    name: "action",
    key: { tenant: 1, action: 1, timeMs: -1, _id: -1 },
    partialFilterExpression: { $or: [{ action: { $lt: commonAction } }, { action: { $gt: commonAction } }] },
  },
} as const satisfies Record<string, IndexSpec>;

/**
 * Every collection with its indexes. Collections without an index are looked up only by `_id`. `facts` has the name of
 * each stored key that cannot be made again, so that a missing one is noticed. `usage` counts
 * what users and tenants have stored, and `usage_marks` says up to which record of each chain; `quotas` has the limits
 * of tenants that have limits of their own. `logins` has the steps of logins that are under way, `permits` which keys
 * users and roles may create.
 */
export const collections: Readonly<Record<string, readonly IndexSpec[]>> = {
  secrets: Object.values(secretIndexes),
  history: [historyIndex, kidIndex],
  idempotency: Object.values(idempotencyIndexes),
  users: [userIndex, issuerIndex, handleIndex, kidIndex],
  tokens: [...Object.values(tokenIndexes), kidIndex],
  identity_revisions: [],
  keys: [],
  processes: [],
  chains: [],
  checkpoints: [],
  changes: Object.values(auditIndexes),
  access: Object.values(auditIndexes),
  facts: [],
  usage: [usageIndex],
  usage_marks: [],
  quotas: [],
  logins: [loginIndex],
  permits: [permitIndex, kidIndex],
  meta: [],
};

/** The name in `facts` of a stored key, whose `_id` in `keys` is given. */
export function factOf(key: string): string {
  return `key ${key}`;
}

/** A document whose `_id` is a name that the service chose. */
export type Named = Document & { _id: string };
