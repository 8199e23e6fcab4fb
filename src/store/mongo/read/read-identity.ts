import { Binary, type Db } from "mongodb";
import { limits } from "../../../limits.ts";
import { compareBytes } from "../../../text/byte-order.ts";
import {
  requireBytes,
  requireCount,
  requireIdentityPage,
  requireName,
  requireNames,
  requireText,
} from "../../guard.ts";
import type { Store } from "../../store.ts";
import type { StoredKey } from "../../stored-key.ts";
import { toIdempotency, toKey, toLogin, toPermit, toToken, toUser } from "../rows/documents.ts";
import { count } from "../rows/field.ts";
import {
  handleIndex,
  idempotencyIndexes,
  issuerIndex,
  type Named,
  permitIndex,
  tokenIndexes,
  usageIndex,
  userIndex,
} from "../rows/schema.ts";

export type IdentityReader = Pick<
  Store,
  | "findIdempotency"
  | "identityRevision"
  | "findUser"
  | "listUsers"
  | "hasNoUsers"
  | "listTenants"
  | "findTokenByHash"
  | "findToken"
  | "listTokens"
  | "findUsersOfIssuer"
  | "findUsersByHandle"
  | "hasPasskeys"
  | "findSessionsOfIssuer"
  | "listEndedSessions"
  | "findPermits"
  | "listPermits"
  | "findLogin"
  | "countLogins"
  | "listKeys"
>;

export function createIdentityReader(db: Db, maxTimeMs: number): IdentityReader {
  const idempotency = db.collection("idempotency");
  const users = db.collection("users");
  const tokens = db.collection("tokens");
  const permits = db.collection("permits");
  const options = (hint: string) => ({ hint, maxTimeMS: maxTimeMs });

  /** One step in each index, however many rows a tenant has. */
  async function nextTenant(after: string): Promise<string | undefined> {
    const found = await Promise.all(
      [users, db.collection("usage")].map((rows, at) => {
        const hint = (at === 0 ? userIndex : usageIndex).name;
        const page = { ...options(hint), projection: { _id: 0, tenant: 1 }, sort: { tenant: 1 } } as const;
        return rows.findOne({ tenant: { $gt: after } }, page);
      }),
    );
    const names = found.map((row) => row?.tenant).filter((tenant) => typeof tenant === "string");
    return names.sort(compareBytes)[0];
  }

  return {
    async findIdempotency(tenant, principal, rpc, key, nowMs) {
      requireName(tenant, "tenant");
      requireName(principal, "principal");
      requireName(rpc, "rpc");
      requireName(key, "idempotency key");
      requireCount(nowMs, "nowMs");
      const name = { tenant: { $eq: tenant }, principal: { $eq: principal }, rpc: { $eq: rpc }, key: { $eq: key } };
      const found = await idempotency.findOne(name, options(idempotencyIndexes.byKey.name));
      const record = found === null ? undefined : toIdempotency(found);
      return record !== undefined && record.createdAtMs > nowMs - limits.idempotencyMs ? record : undefined;
    },
    async identityRevision(tenant) {
      requireName(tenant, "tenant");
      return identityRevision(db, tenant, maxTimeMs);
    },
    async findUser(tenant, slug) {
      requireName(tenant, "tenant");
      requireName(slug, "slug");
      const found = await users.findOne({ tenant: { $eq: tenant }, slug: { $eq: slug } }, options(userIndex.name));
      return found === null ? undefined : toUser(found);
    },
    async listUsers(tenant, after, limit) {
      requireIdentityPage(tenant, after, limit);
      if (limit === 0) return [];
      const page = { ...options(userIndex.name), sort: { slug: 1 }, limit } as const;
      const found = await users.find({ tenant: { $eq: tenant }, slug: { $gt: after } }, page).toArray();
      return found.map(toUser);
    },
    async listTenants(after, limit) {
      requireText(after, "after");
      requireCount(limit, "limit");
      const tenants: string[] = [];
      while (tenants.length < limit) {
        const next = await nextTenant(tenants.at(-1) ?? after);
        if (next === undefined) break;
        tenants.push(next);
      }
      return tenants;
    },
    hasNoUsers: async () => (await users.findOne({}, { projection: { _id: 1 }, maxTimeMS: maxTimeMs })) === null,
    async findTokenByHash(hash) {
      requireBytes(hash, "hash");
      const found = await tokens.findOne({ hash: { $eq: new Binary(hash) } }, options(tokenIndexes.byHash.name));
      return found === null ? undefined : toToken(found);
    },
    async findToken(tenant, id) {
      requireName(tenant, "tenant");
      requireName(id, "id");
      const found = await tokens.findOne({ tenant: { $eq: tenant }, id: { $eq: id } }, options(tokenIndexes.byId.name));
      return found === null ? undefined : toToken(found);
    },
    async listTokens(tenant, slug, after, limit) {
      requireIdentityPage(tenant, after, limit);
      if (slug !== undefined) requireName(slug, "slug");
      if (limit === 0) return [];
      const owner = slug === undefined ? {} : { slug: { $eq: slug } };
      const index = slug === undefined ? tokenIndexes.byId : tokenIndexes.bySlug;
      const page = { ...options(index.name), sort: { id: 1 }, limit } as const;
      const found = await tokens.find({ tenant: { $eq: tenant }, ...owner, id: { $gt: after } }, page).toArray();
      return found.map(toToken);
    },
    async findUsersOfIssuer(issuer, subject) {
      requireName(issuer, "issuer");
      requireName(subject, "subject");
      const filter = { issuer: { $eq: issuer }, subject: { $eq: subject } };
      const found = await users.find(filter, { ...options(issuerIndex.name), limit: limits.pageMax }).toArray();
      return found.map(toUser);
    },
    async findUsersByHandle(handle) {
      requireName(handle, "handle");
      const page = { ...options(handleIndex.name), limit: limits.pageMax };
      return (await users.find({ handle: { $eq: handle } }, page).toArray()).map(toUser);
    },
    async hasPasskeys() {
      const any = { ...options(handleIndex.name), projection: { _id: 1 } };
      return (await users.findOne({ handle: { $gt: "" } }, any)) !== null;
    },
    async findSessionsOfIssuer(issuer, sid) {
      requireName(issuer, "issuer");
      requireName(sid, "sid");
      const page = { ...options(tokenIndexes.bySid.name), limit: limits.pageMax };
      return (await tokens.find({ issuer: { $eq: issuer }, sid: { $eq: sid } }, page).toArray()).map(toToken);
    },
    async listEndedSessions(untilMs, limit) {
      requireCount(untilMs, "untilMs");
      requireCount(limit, "limit");
      if (limit === 0) return [];
      const page = { ...options(tokenIndexes.sessions.name), sort: { expireAtMs: 1 }, limit } as const;
      const filter = { kind: { $eq: "session" }, expireAtMs: { $lt: untilMs } };
      return (await tokens.find(filter, page).toArray()).map(toToken);
    },
    async findPermits(tenant, names) {
      requireName(tenant, "tenant");
      requireNames(names, "names");
      if (names.length === 0) return [];
      const filter = { tenant: { $eq: tenant }, name: { $in: [...names] } };
      return (await permits.find(filter, options(permitIndex.name)).toArray()).map(toPermit);
    },
    async listPermits(tenant, after, limit) {
      requireIdentityPage(tenant, after, limit);
      if (limit === 0) return [];
      const page = { ...options(permitIndex.name), sort: { name: 1 }, limit } as const;
      return (await permits.find({ tenant: { $eq: tenant }, name: { $gt: after } }, page).toArray()).map(toPermit);
    },
    async findLogin(id) {
      requireName(id, "id");
      const found = await db.collection<Named>("logins").findOne({ _id: { $eq: id } }, { maxTimeMS: maxTimeMs });
      return found === null ? undefined : toLogin(found);
    },
    countLogins: () => db.collection("logins").countDocuments({}, { maxTimeMS: maxTimeMs }),
    async listKeys() {
      const found = await db.collection("keys").find({}, { maxTimeMS: maxTimeMs }).toArray();
      return found.map(toKey).sort(oldestFirst);
    },
  };
}

/** How many commits of users and tokens a tenant has had; the next commit has to expect this number. */
export async function identityRevision(db: Db, tenant: string, maxTimeMs: number): Promise<number> {
  const filter = { _id: { $eq: tenant } };
  const found = await db.collection<Named>("identity_revisions").findOne(filter, { maxTimeMS: maxTimeMs });
  // An edited revision is not one that a commit can expect, so nothing is written on top of it.
  return found === null ? 0 : (count(found.revision) ?? Number.MAX_SAFE_INTEGER);
}

function oldestFirst(a: StoredKey, b: StoredKey): number {
  return a.createdAtMs - b.createdAtMs || compareBytes(a.purpose, b.purpose) || compareBytes(a.kid, b.kid);
}
