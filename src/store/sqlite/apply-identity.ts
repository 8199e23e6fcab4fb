import type { DatabaseSync } from "node:sqlite";
import type { RegisteredChain } from "../../audit/verifier.ts";
import type { IdentityCommit, StoredPermit, StoredToken, StoredUser } from "../identity-rows.ts";
import { passkeysText } from "../passkey-text.ts";
import { count } from "./column.ts";
import type { Applied } from "./group-commit.ts";
import { sessionKind } from "./identity-row.ts";
import { requireChanges } from "./schema-guard.ts";

/** Prepares the commit of users and tokens: a compare-and-set on the identity revision of the tenant. */
export function createIdentityCommit(db: DatabaseSync): (commit: IdentityCommit) => Applied {
  const findRevision = db.prepare("SELECT revision FROM identity_revision WHERE tenant = ?");
  const countUp = db.prepare(`INSERT INTO identity_revision (tenant, revision) VALUES (?, 1)
    ON CONFLICT DO UPDATE SET revision = revision + 1`);
  const writeUser = createUserWriter(db);
  const writeToken = createTokenWriter(db);
  const writePermit = createPermitWriter(db);
  const dropToken = db.prepare("DELETE FROM tokens WHERE tenant = ? AND id = ?");
  const writeQuotas = createQuotaWriter(db);

  return (commit) => {
    const row = findRevision.get(commit.tenant);
    const revision = row === undefined ? 0 : count(row.revision);
    if (revision !== commit.expectedRevision) return { outcome: "stale", keep: false, audit: [] };
    for (const user of commit.users) writeUser(user);
    for (const token of commit.tokens) writeToken(token);
    for (const permit of commit.permits ?? []) writePermit(permit);
    for (const id of commit.droppedTokens ?? []) dropToken.run(commit.tenant, id);
    if (commit.quotas !== undefined) writeQuotas(commit.tenant, commit.quotas);
    requireChanges(countUp.run(commit.tenant));
    return { outcome: "committed", keep: true, audit: commit.audit };
  };
}

function createQuotaWriter(db: DatabaseSync): (tenant: string, limits: string) => void {
  const write = db.prepare(`INSERT INTO quotas (tenant, limits) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET limits = excluded.limits`);
  const drop = db.prepare("DELETE FROM quotas WHERE tenant = ?");
  return (tenant, limits) => {
    if (limits === "") drop.run(tenant);
    else write.run(tenant, limits);
  };
}

/** Prepares the registration of audit chains. Registering a chain twice is an error. */
export function createChainInsert(db: DatabaseSync): (chains: readonly RegisteredChain[]) => Applied {
  const insert = db.prepare("INSERT INTO chains (chain, sink, started_at_ms, mac) VALUES (?, ?, ?, ?)");
  return (chains) => {
    for (const { chain, sink, startedAtMs, mac } of chains) {
      requireChanges(insert.run(chain, sink, startedAtMs, mac));
    }
    return { outcome: undefined, keep: true, audit: [] };
  };
}

function createUserWriter(db: DatabaseSync): (user: StoredUser) => void {
  const write = db.prepare(`INSERT INTO users
    (tenant, slug, roles, admin, operator, created_at_ms, created_by, updated_at_ms, updated_by, removed, kid, mac,
      issuer, subject, display_name, handle, passkeys)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (tenant, slug) DO UPDATE SET roles = excluded.roles, admin = excluded.admin, operator = excluded.operator,
      created_at_ms = excluded.created_at_ms, created_by = excluded.created_by, updated_at_ms = excluded.updated_at_ms,
      updated_by = excluded.updated_by, removed = excluded.removed, kid = excluded.kid, mac = excluded.mac,
      issuer = excluded.issuer, subject = excluded.subject, display_name = excluded.display_name,
      handle = excluded.handle, passkeys = excluded.passkeys`);
  return (user) => {
    const written = write.run(
      user.tenant,
      user.slug,
      JSON.stringify(user.roles),
      user.admin ? 1 : 0,
      user.operator ? 1 : 0,
      user.createdAtMs,
      user.createdBy,
      user.updatedAtMs,
      user.updatedBy,
      user.removed ? 1 : 0,
      user.kid,
      user.mac,
      user.login?.issuer ?? "",
      user.login?.subject ?? "",
      user.login?.displayName ?? "",
      user.passkeys?.handle ?? "",
      passkeysText(user.passkeys),
    );
    requireChanges(written);
  };
}

function createPermitWriter(db: DatabaseSync): (permit: StoredPermit) => void {
  const write = db.prepare(`INSERT INTO permits (tenant, name, patterns, updated_at_ms, updated_by, kid, mac)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (tenant, name) DO UPDATE SET patterns = excluded.patterns, updated_at_ms = excluded.updated_at_ms,
      updated_by = excluded.updated_by, kid = excluded.kid, mac = excluded.mac`);
  return ({ tenant, name, patterns, updatedAtMs, updatedBy, kid, mac }) => {
    requireChanges(write.run(tenant, name, JSON.stringify(patterns), updatedAtMs, updatedBy, kid, mac));
  };
}

function createTokenWriter(db: DatabaseSync): (token: StoredToken) => void {
  const write = db.prepare(`INSERT INTO tokens
    (tenant, id, slug, hash, description, grants, created_at_ms, created_by, expire_at_ms, revoked_at_ms, kid, mac,
      kind, issuer, parent, sid, client, refresh_token)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (tenant, id) DO UPDATE SET slug = excluded.slug, hash = excluded.hash, description = excluded.description,
      grants = excluded.grants, created_at_ms = excluded.created_at_ms, created_by = excluded.created_by,
      expire_at_ms = excluded.expire_at_ms, revoked_at_ms = excluded.revoked_at_ms, kid = excluded.kid, mac = excluded.mac,
      kind = excluded.kind, issuer = excluded.issuer, parent = excluded.parent, sid = excluded.sid,
      client = excluded.client, refresh_token = excluded.refresh_token`);
  return (token) => {
    const written = write.run(
      token.tenant,
      token.id,
      token.slug,
      token.hash,
      token.description,
      JSON.stringify(token.grants),
      token.createdAtMs,
      token.createdBy,
      token.expireAtMs,
      token.revokedAtMs,
      token.kid,
      token.mac,
      token.session === undefined ? "" : sessionKind,
      token.session?.issuer ?? "",
      token.session?.parent ?? "",
      token.session?.sid ?? "",
      token.session?.client ?? "",
      token.session?.refreshToken ?? new Uint8Array(0),
    );
    requireChanges(written);
  };
}
