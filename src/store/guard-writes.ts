import type { AuditCheckpoint } from "../audit/checkpoint.ts";
import type { AuditRecord } from "../audit/record.ts";
import { refuse, requireBytes, requireCount, requireFlag, requireName, requireNames, requireText } from "./guard.ts";
import type { IdentityCommit, StoredPermit, StoredToken, StoredUser } from "./identity-rows.ts";
import type { LoginWrite } from "./login-store.ts";
import type { StoreProcess } from "./process-registry.ts";
import { type Rewrap, rewrappableKinds } from "./rewrappable-rows.ts";
import type { IdempotencyRecord, StoredSecret } from "./secret-rows.ts";
import type { SecretCommit } from "./secret-store.ts";

// What is written is checked first, see guard.ts.

/** Refuses a commit of users and tokens with a field of the wrong type, or with a row of another tenant. */
export function requireIdentityCommit(commit: IdentityCommit): void {
  requireName(commit.tenant, "tenant");
  requireCount(commit.expectedRevision, "expectedRevision");
  for (const user of commit.users) requireUser(user, commit.tenant);
  for (const token of commit.tokens) requireToken(token, commit.tenant);
  for (const permit of commit.permits ?? []) requirePermit(permit, commit.tenant);
  if (commit.droppedTokens !== undefined) requireNames(commit.droppedTokens, "droppedTokens");
  if (commit.quotas !== undefined) requireText(commit.quotas, "quotas");
  for (const record of commit.audit) requireRecord(record);
}

/** Refuses a commit of secrets with a field of the wrong type, a row of another tenant, or an unrecorded purge. */
export function requireCommit(commit: SecretCommit): void {
  requireName(commit.tenant, "tenant");
  for (const change of commit.changes) {
    requireExpected(change.expectedVersion, change.replacesDamaged, "expectedVersion");
    requireSecret(change.secret, commit.tenant);
  }
  if (commit.idempotency !== undefined) requireIdempotency(commit.idempotency, commit.tenant);
  for (const purge of commit.purges ?? []) {
    requireName(purge.key, "key");
    requireExpected(purge.version, purge.isDamaged, "version");
    requireFlag(purge.keepCurrent, "keepCurrent");
    for (const version of purge.versions ?? []) {
      requireCount(version, "versions");
      if (!purge.keepCurrent || version >= purge.version) refuse("versions", "older than the version that stays");
    }
    if (commit.audit.length === 0) refuse("audit", "present with a purge");
  }
  for (const { name, pattern } of commit.permits ?? []) {
    requireName(name, "name");
    requireName(pattern, "pattern");
  }
  for (const record of commit.audit) requireRecord(record);
}

/** The version of a damaged document may be any number. */
function requireExpected(version: unknown, isDamaged: boolean | undefined, field: string): void {
  if (isDamaged !== true) requireCount(version, field);
  else if (!Number.isSafeInteger(version)) refuse(field, "a safe integer");
}

/** Refuses a row to rewrap with a field of the wrong type, or of a kind that is not rewrapped. */
export function requireRewrap(rewrap: Rewrap): void {
  if (!rewrappableKinds.includes(rewrap.kind)) refuse("kind", `one of ${rewrappableKinds.join(", ")}`);
  requireName(rewrap.tenant, "tenant");
  requireName(rewrap.name, "name");
  requireCount(rewrap.version, "version");
  requireName(rewrap.kid, "kid");
  requireBytes(rewrap.former, "former");
  requireBytes(rewrap.proof, "proof");
  if (rewrap.refreshToken !== undefined) requireBytes(rewrap.refreshToken, "refreshToken");
}

/** Refuses a step of a login with a field of the wrong type, or one that would change nothing. */
export function requireLoginWrite({ id, former, next }: LoginWrite): void {
  requireName(id, "id");
  if (former === undefined && next === undefined) refuse("next", "present, or former");
  if (former !== undefined) requireBytes(former, "former");
  if (next === undefined) return;
  requireCount(next.endAtMs, "endAtMs");
  requireBytes(next.sealed, "sealed");
}

/** Refuses a process without an id or with keys that are not names. */
export function requireProcess(process: StoreProcess): void {
  requireName(process.id, "id");
  requireNames(process.kids, "kids");
}

function requireSecret(secret: StoredSecret, tenant: string): void {
  requireSameTenant(secret.tenant, tenant);
  requireName(secret.key, "key");
  requireName(secret.id, "id");
  requireText(secret.owner, "owner");
  requireText(secret.createdBy, "createdBy");
  requireText(secret.updatedBy, "updatedBy");
  requireText(secret.kid, "kid");
  requireCount(secret.format, "format");
  requireCount(secret.version, "version");
  if (secret.version === 0) refuse("version", "at least 1");
  requireCount(secret.createdAtMs, "createdAtMs");
  requireCount(secret.updatedAtMs, "updatedAtMs");
  requireCount(secret.valueChangedAtMs, "valueChangedAtMs");
  requireFlag(secret.removed, "removed");
  requireBytes(secret.envelope, "envelope");
  for (const list of Object.values(secret.lists)) requireNames(list, "lists");
  for (const [name, value] of secret.metadata) {
    requireText(name, "metadata");
    requireText(value, "metadata");
  }
}

function requireIdempotency(record: IdempotencyRecord, tenant: string): void {
  requireSameTenant(record.tenant, tenant);
  requireName(record.principal, "principal");
  requireName(record.rpc, "rpc");
  requireName(record.key, "idempotency key");
  requireText(record.answer, "answer");
  requireText(record.kid, "kid");
  requireCount(record.createdAtMs, "createdAtMs");
  requireBytes(record.requestMac, "requestMac");
  requireBytes(record.mac, "mac");
}

function requireUser(user: StoredUser, tenant: string): void {
  requireSameTenant(user.tenant, tenant);
  requireName(user.slug, "slug");
  requireNames(user.roles, "roles");
  requireFlag(user.admin, "admin");
  requireFlag(user.operator, "operator");
  requireFlag(user.removed, "removed");
  requireText(user.createdBy, "createdBy");
  requireText(user.updatedBy, "updatedBy");
  requireText(user.kid, "kid");
  requireCount(user.createdAtMs, "createdAtMs");
  requireCount(user.updatedAtMs, "updatedAtMs");
  requireBytes(user.mac, "mac");
  // The rest of the passkeys is stored as one text.
  if (user.passkeys !== undefined) requireName(user.passkeys.handle, "handle");
  if (user.login === undefined) return;
  requireName(user.login.issuer, "issuer");
  requireName(user.login.subject, "subject");
  requireText(user.login.displayName, "displayName");
}

function requireToken(token: StoredToken, tenant: string): void {
  requireSameTenant(token.tenant, tenant);
  requireName(token.id, "id");
  requireName(token.slug, "slug");
  requireText(token.description, "description");
  requireNames(token.grants, "grants");
  requireText(token.createdBy, "createdBy");
  requireText(token.kid, "kid");
  requireCount(token.createdAtMs, "createdAtMs");
  requireCount(token.expireAtMs, "expireAtMs");
  requireCount(token.revokedAtMs, "revokedAtMs");
  requireBytes(token.hash, "hash");
  requireBytes(token.mac, "mac");
  if (token.session === undefined) return;
  requireText(token.session.issuer, "issuer");
  requireText(token.session.parent, "parent");
  requireText(token.session.sid, "sid");
  requireText(token.session.client, "client");
  requireBytes(token.session.refreshToken, "refreshToken");
}

function requirePermit(permit: StoredPermit, tenant: string): void {
  requireSameTenant(permit.tenant, tenant);
  requireName(permit.name, "name");
  requireNames(permit.patterns, "patterns");
  requireCount(permit.updatedAtMs, "updatedAtMs");
  requireText(permit.updatedBy, "updatedBy");
  requireText(permit.kid, "kid");
  requireBytes(permit.mac, "mac");
}

/**
 * Refuses an audit record with a field of the wrong type. Called for every read of a secret, so it makes only a few
 * comparisons.
 */
export function requireRecord(record: AuditRecord): void {
  requireCount(record.timeMs, "timeMs");
  requireCount(record.version, "version");
  requireCount(record.count, "count");
  requireName(record.tenant, "tenant");
  requireText(record.principal, "principal");
  requireText(record.action, "action");
  requireText(record.key, "key");
  requireText(record.decision, "decision");
  requireText(record.rule, "rule");
  requireText(record.requestId, "requestId");
  requireText(record.peer, "peer");
  requireText(record.filter, "filter");
  if (!Array.isArray(record.names)) refuse("names", "a list");
  for (const name of record.names) requireText(name, "names");
}

/** Refuses a checkpoint of the audit log with a field of the wrong type. */
export function requireCheckpoint(checkpoint: AuditCheckpoint): void {
  requireName(checkpoint.chain, "chain");
  requireCount(checkpoint.position, "position");
  requireCount(checkpoint.lastTimeMs, "lastTimeMs");
  requireBytes(checkpoint.lastMac, "lastMac");
  requireBytes(checkpoint.mac, "mac");
}

function requireSameTenant(value: unknown, tenant: string): void {
  requireName(value, "tenant");
  if (value !== tenant) refuse("tenant", "that of the commit");
}
