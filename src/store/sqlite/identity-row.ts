import type { Login, Session, StoredPermit, StoredToken, StoredUser } from "../identity-rows.ts";
import type { LoginRow } from "../login-store.ts";
import { readPasskeys } from "../passkey-text.ts";
import { bytes, count, type Row, text, textList } from "./column.ts";

export function toUser(row: Row): StoredUser {
  return {
    tenant: text(row.tenant),
    slug: text(row.slug),
    roles: textList(row.roles),
    admin: row.admin === 1,
    operator: row.operator === 1,
    createdAtMs: count(row.created_at_ms),
    createdBy: text(row.created_by),
    updatedAtMs: count(row.updated_at_ms),
    updatedBy: text(row.updated_by),
    removed: row.removed !== 0,
    ...loginOf(row),
    ...readPasskeys(text(row.handle), text(row.passkeys)),
    kid: text(row.kid),
    mac: bytes(row.mac),
  };
}

export function toPermit(row: Row): StoredPermit {
  return {
    tenant: text(row.tenant),
    name: text(row.name),
    patterns: textList(row.patterns),
    updatedAtMs: count(row.updated_at_ms),
    updatedBy: text(row.updated_by),
    kid: text(row.kid),
    mac: bytes(row.mac),
  };
}

function loginOf(row: Row): { login?: Login } {
  const login = { issuer: text(row.issuer), subject: text(row.subject), displayName: text(row.display_name) };
  return Object.values(login).every((field) => field === "") ? {} : { login };
}

export function toToken(row: Row): StoredToken {
  return {
    tenant: text(row.tenant),
    id: text(row.id),
    slug: text(row.slug),
    hash: bytes(row.hash),
    description: text(row.description),
    grants: textList(row.grants),
    createdAtMs: count(row.created_at_ms),
    createdBy: text(row.created_by),
    expireAtMs: count(row.expire_at_ms),
    revokedAtMs: count(row.revoked_at_ms),
    ...sessionOf(row),
    kid: text(row.kid),
    mac: bytes(row.mac),
  };
}

/** In the column `kind` of sessions. */
export const sessionKind = "session";

function sessionOf(row: Row): { session?: Session } {
  if (text(row.kind) === "") return {};
  const session = {
    issuer: text(row.issuer),
    parent: text(row.parent),
    sid: text(row.sid),
    client: text(row.client),
    refreshToken: bytes(row.refresh_token),
  };
  return { session };
}

export function toLoginRow(row: Row): LoginRow {
  return { id: text(row.id), endAtMs: count(row.end_at_ms), sealed: bytes(row.sealed) };
}
