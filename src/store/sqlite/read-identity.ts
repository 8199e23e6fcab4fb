import type { DatabaseSync } from "node:sqlite";
import { limits } from "../../limits.ts";
import { requireBytes, requireCount, requireIdentityPage, requireName, requireNames, requireText } from "../guard.ts";
import type { StoredPermit, StoredToken, StoredUser } from "../identity-rows.ts";
import type { IdempotencyRecord } from "../secret-rows.ts";
import type { StoredKey } from "../stored-key.ts";
import { bytes, count, text } from "./column.ts";
import { toPermit, toToken, toUser } from "./identity-row.ts";
import { prepareRows, toIdempotency } from "./row.ts";

export interface IdentityReader {
  findIdempotency(
    tenant: string,
    principal: string,
    rpc: string,
    key: string,
    nowMs: number,
  ): IdempotencyRecord | undefined;
  identityRevision(tenant: string): number;
  findUser(tenant: string, slug: string): StoredUser | undefined;
  listUsers(tenant: string, after: string, limit: number): readonly StoredUser[];
  listTenants(after: string, limit: number): readonly string[];
  hasNoUsers(): boolean;
  findTokenByHash(hash: Uint8Array): StoredToken | undefined;
  findToken(tenant: string, id: string): StoredToken | undefined;
  listTokens(tenant: string, slug: string | undefined, after: string, limit: number): readonly StoredToken[];
  findUsersOfIssuer(issuer: string, subject: string): readonly StoredUser[];
  findUsersByHandle(handle: string): readonly StoredUser[];
  hasPasskeys(): boolean;
  findSessionsOfIssuer(issuer: string, sid: string): readonly StoredToken[];
  listEndedSessions(untilMs: number, limit: number): readonly StoredToken[];
  findPermits(tenant: string, names: readonly string[]): readonly StoredPermit[];
  listPermits(tenant: string, after: string, limit: number): readonly StoredPermit[];
  listKeys(): readonly StoredKey[];
}

/** Prepares every statement once. `db` is the shared read connection. */
export function createIdentityReader(db: DatabaseSync): IdentityReader {
  const idempotency = prepareRows(
    db,
    "SELECT * FROM idempotency WHERE tenant = ? AND principal = ? AND rpc = ? AND key = ? AND created_at_ms > ?",
  );
  const revision = db.prepare("SELECT revision FROM identity_revision WHERE tenant = ?");
  const user = prepareRows(db, "SELECT * FROM users WHERE tenant = ? AND slug = ?");
  const users = prepareRows(db, "SELECT * FROM users WHERE tenant = ? AND slug > ? ORDER BY slug LIMIT ?");
  // One step in each index for each tenant, however many rows it has.
  const nextTenant = db.prepare(`SELECT min(tenant) AS tenant FROM
    (SELECT min(tenant) AS tenant FROM users WHERE tenant > ?1 UNION ALL SELECT min(tenant) FROM usage WHERE tenant > ?1)`);
  const anyUser = db.prepare("SELECT 1 FROM users LIMIT 1");
  const tokenByHash = prepareRows(db, "SELECT * FROM tokens WHERE hash = ?");
  const token = prepareRows(db, "SELECT * FROM tokens WHERE tenant = ? AND id = ?");
  const tokens = prepareRows(db, "SELECT * FROM tokens WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?");
  const tokensOf = prepareRows(db, "SELECT * FROM tokens WHERE tenant = ? AND slug = ? AND id > ? ORDER BY id LIMIT ?");
  const usersOfIssuer = prepareRows(
    db,
    "SELECT * FROM users WHERE issuer = ? AND subject = ? AND issuer <> '' ORDER BY tenant, slug LIMIT ?",
  );
  const usersByHandle = prepareRows(
    db,
    "SELECT * FROM users WHERE handle = ? AND handle <> '' ORDER BY tenant, slug LIMIT ?",
  );
  const anyHandle = db.prepare("SELECT 1 FROM users WHERE handle <> '' LIMIT 1");
  const sessions = prepareRows(
    db,
    "SELECT * FROM tokens WHERE issuer = ? AND sid = ? AND sid <> '' ORDER BY tenant, id LIMIT ?",
  );
  const ended = prepareRows(
    db,
    "SELECT * FROM tokens WHERE kind <> '' AND expire_at_ms < ? ORDER BY expire_at_ms LIMIT ?",
  );
  const permit = prepareRows(db, "SELECT * FROM permits WHERE tenant = ? AND name = ?");
  const permits = prepareRows(db, "SELECT * FROM permits WHERE tenant = ? AND name > ? ORDER BY name LIMIT ?");
  const keys = db.prepare("SELECT * FROM keys ORDER BY created_at_ms, purpose, kid");

  return {
    findIdempotency(tenant, principal, rpc, key, nowMs) {
      requireName(tenant, "tenant");
      requireName(principal, "principal");
      requireName(rpc, "rpc");
      requireName(key, "idempotency key");
      requireCount(nowMs, "nowMs");
      const row = idempotency.get(tenant, principal, rpc, key, nowMs - limits.idempotencyMs);
      return row === undefined ? undefined : toIdempotency(row);
    },
    identityRevision(tenant) {
      requireName(tenant, "tenant");
      const row = revision.get(tenant);
      return row === undefined ? 0 : count(row.revision);
    },
    findUser(tenant, slug) {
      requireName(tenant, "tenant");
      requireName(slug, "slug");
      const row = user.get(tenant, slug);
      return row === undefined ? undefined : toUser(row);
    },
    listUsers(tenant, after, limit) {
      requireIdentityPage(tenant, after, limit);
      return users.all(tenant, after, limit).map(toUser);
    },
    listTenants(after, limit) {
      requireText(after, "after");
      requireCount(limit, "limit");
      const tenants: string[] = [];
      while (tenants.length < limit) {
        const next = nextTenant.get(tenants.at(-1) ?? after)?.tenant;
        if (typeof next !== "string") break;
        tenants.push(next);
      }
      return tenants;
    },
    hasNoUsers: () => anyUser.get() === undefined,
    findTokenByHash(hash) {
      requireBytes(hash, "hash");
      const row = tokenByHash.get(hash);
      return row === undefined ? undefined : toToken(row);
    },
    findToken(tenant, id) {
      requireName(tenant, "tenant");
      requireName(id, "id");
      const row = token.get(tenant, id);
      return row === undefined ? undefined : toToken(row);
    },
    listTokens(tenant, slug, after, limit) {
      requireIdentityPage(tenant, after, limit);
      if (slug === undefined) return tokens.all(tenant, after, limit).map(toToken);
      requireName(slug, "slug");
      return tokensOf.all(tenant, slug, after, limit).map(toToken);
    },
    findUsersOfIssuer(issuer, subject) {
      requireName(issuer, "issuer");
      requireName(subject, "subject");
      return usersOfIssuer.all(issuer, subject, limits.pageMax).map(toUser);
    },
    findUsersByHandle(handle) {
      requireName(handle, "handle");
      return usersByHandle.all(handle, limits.pageMax).map(toUser);
    },
    hasPasskeys: () => anyHandle.get() !== undefined,
    findSessionsOfIssuer(issuer, sid) {
      requireName(issuer, "issuer");
      requireName(sid, "sid");
      return sessions.all(issuer, sid, limits.pageMax).map(toToken);
    },
    listEndedSessions(untilMs, limit) {
      requireCount(untilMs, "untilMs");
      requireCount(limit, "limit");
      return ended.all(untilMs, limit).map(toToken);
    },
    findPermits(tenant, names) {
      requireName(tenant, "tenant");
      requireNames(names, "names");
      return [...new Set(names)].flatMap((name) => {
        const row = permit.get(tenant, name);
        return row === undefined ? [] : toPermit(row);
      });
    },
    listPermits(tenant, after, limit) {
      requireIdentityPage(tenant, after, limit);
      return permits.all(tenant, after, limit).map(toPermit);
    },
    listKeys: () =>
      keys.all().map((row) => ({
        kid: text(row.kid),
        purpose: purposeOf(row.purpose),
        data: bytes(row.data),
        createdAtMs: count(row.created_at_ms),
      })),
  };
}

function purposeOf(value: unknown): StoredKey["purpose"] {
  const known = (["audit", "sealing", "restoring", "starting"] as const).find((purpose) => purpose === value);
  return known ?? "keyring";
}
