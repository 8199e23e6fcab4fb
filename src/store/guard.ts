import type { AuditCheckpoint } from "../audit/checkpoint.ts";
import type { AuditRecord } from "../audit/record.ts";
import type { AuditQuery, ChangeQuery, ReaderLimits, ReaderQuery } from "./audit-page.ts";
import type { IdentityCommit, StoredPermit, StoredToken, StoredUser } from "./identity-rows.ts";
import type { LoginWrite } from "./login-store.ts";
import type { StoreProcess } from "./process-registry.ts";
import { type Rewrap, rewrappableKinds } from "./rewrappable-rows.ts";
import type { IdempotencyRecord, StoredSecret } from "./secret-rows.ts";
import type { FolderCountQuery, FolderQuery, SecretCommit, SecretPageQuery } from "./secret-store.ts";
import { StoreError } from "./store-error.ts";

// A database stores whatever it gets: an absent field becomes NULL or matches everything, a fraction or a Date becomes
// something else. So everything is checked first. The messages name the field, never its content.

/** Refuses everything but a non-empty string: an empty tenant or key in a filter would select another set of rows. */
export function requireName(value: unknown, field: string): void {
  if (typeof value !== "string" || value === "") refuse(field, "a non-empty string");
}

/** Refuses everything but a string; "" is allowed. */
export function requireText(value: unknown, field: string): void {
  if (typeof value !== "string") refuse(field, "a string");
}

/** Refuses everything but an integer from 0 to 2^53 - 1. */
export function requireCount(value: unknown, field: string): void {
  if (!Number.isSafeInteger(value) || (value as number) < 0) refuse(field, "a safe integer of at least 0");
}

/** Refuses everything but an array of non-empty strings. */
export function requireNames(value: unknown, field: string): void {
  if (!Array.isArray(value)) refuse(field, "a list");
  for (const entry of value) requireName(entry, field);
}

/** Refuses a query for secrets with a field of the wrong type. */
export function requireSecretPage(query: SecretPageQuery): void {
  requireName(query.tenant, "tenant");
  if (query.visibleTo !== "everyone") requireNames(query.visibleTo, "visibleTo");
  requireText(query.prefix, "prefix");
  requireText(query.after, "after");
  if (query.glob !== undefined) requireText(query.glob, "glob");
  requireCount(query.limit, "limit");
  requireCount(query.scanLimit, "scanLimit");
  if (query.maxBytes !== undefined) requireCount(query.maxBytes, "maxBytes");
  if (query.removed !== undefined) requireFlag(query.removed, "removed");
}

/** Refuses a query for a folder with a field of the wrong type. */
export function requireFolder(query: FolderQuery): void {
  requireName(query.tenant, "tenant");
  if (query.visibleTo !== "everyone") requireNames(query.visibleTo, "visibleTo");
  requireText(query.folder, "folder");
  requireText(query.after, "after");
  requireCount(query.limit, "limit");
}

/** Refuses a count of a folder with a field of the wrong type. */
export function requireFolderCount(query: FolderCountQuery): void {
  requireName(query.tenant, "tenant");
  if (query.visibleTo !== "everyone") requireNames(query.visibleTo, "visibleTo");
  requireText(query.prefix, "prefix");
  requireCount(query.limit, "limit");
}

/** Refuses a query for a page of users or tokens with a field of the wrong type. */
export function requireIdentityPage(tenant: string, after: string, limit: number): void {
  requireName(tenant, "tenant");
  requireText(after, "after");
  requireCount(limit, "limit");
}

/** Refuses a query for audit records with a field of the wrong type. */
export function requireAuditQuery(query: AuditQuery): void {
  requireName(query.tenant, "tenant");
  requireCount(query.limit, "limit");
  for (const field of ["key", "keyGlob", "principal", "actionPrefix", "decision"] as const) {
    if (query[field] !== undefined) requireName(query[field], field);
  }
  if (query.key !== undefined && query.keyGlob !== undefined) refuse("keyGlob", "absent with key");
  if (query.actions !== undefined) requireNames(query.actions, "actions");
  if (query.fromMs !== undefined) requireCount(query.fromMs, "fromMs");
  if (query.toMs !== undefined) requireCount(query.toMs, "toMs");
  if (query.after !== undefined) {
    requireCount(query.after.timeMs, "after");
    requireText(query.after.chain, "after");
    requireCount(query.after.position, "after");
  }
}

/** Refuses queries for changes with a field of the wrong type. */
export function requireChangeQueries(queries: readonly ChangeQuery[], limit: number): void {
  requireCount(limit, "limit");
  for (const { tenant, name, action, isVersioned } of queries) {
    requireName(tenant, "tenant");
    requireName(name, "name");
    requireName(action, "action");
    requireFlag(isVersioned, "isVersioned");
  }
}

/** Refuses queries for readers with a field of the wrong type. */
export function requireReaderQueries(tenant: string, queries: readonly ReaderQuery[], limits: ReaderLimits): void {
  requireName(tenant, "tenant");
  requireCount(limits.records, "records");
  requireCount(limits.readers, "readers");
  for (const { key, fromMs } of queries) {
    requireName(key, "key");
    requireCount(fromMs, "fromMs");
  }
}

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

/** Refuses everything but bytes. */
export function requireBytes(value: unknown, field: string): void {
  if (!(value instanceof Uint8Array)) refuse(field, "bytes");
}

function requireFlag(value: unknown, field: string): void {
  if (typeof value !== "boolean") refuse(field, "true or false");
}

function requireSameTenant(value: unknown, tenant: string): void {
  requireName(value, "tenant");
  if (value !== tenant) refuse("tenant", "that of the commit");
}

function refuse(field: string, rule: string): never {
  throw new StoreError("bug", `the store was given an invalid field: ${field} must be ${rule}`);
}
