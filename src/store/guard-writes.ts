import type { AuditCheckpoint } from "../audit/checkpoint.ts";
import type { AuditRecord } from "../audit/record.ts";
import { refuse, requireBytes, requireCount, requireFlag, requireName, requireNames, requireText } from "./guard.ts";
import type { IdentityCommit, Login, Session, StoredPermit, StoredToken, StoredUser } from "./identity-rows.ts";
import type { LoginWrite } from "./login-store.ts";
import type { StoreProcess } from "./process-registry.ts";
import { type Rewrap, rewrappableKinds } from "./rewrappable-rows.ts";
import type { AccessLists, IdempotencyRecord, Metadata, StoredSecret } from "./secret-rows.ts";
import type { SecretCommit } from "./secret-store.ts";

// What is written is checked first, see guard.ts.

type Check = (value: unknown, field: string) => void;

/** A check for each field of a row: a new field does not compile without one. `Others` are checked by themselves. */
type Checks<Row, Others extends keyof Row = never> = { readonly [Field in Exclude<keyof Row, Others>]-?: Check };

const secretChecks: Checks<StoredSecret, "tenant"> = {
  key: requireName,
  id: requireName,
  owner: requireText,
  createdBy: requireText,
  updatedBy: requireText,
  kid: requireText,
  format: requireCount,
  version: requireVersion,
  createdAtMs: requireCount,
  updatedAtMs: requireCount,
  valueChangedAtMs: requireCount,
  removed: requireFlag,
  envelope: requireBytes,
  lists: requireLists,
  metadata: requireMetadata,
};

const idempotencyChecks: Checks<IdempotencyRecord, "tenant"> = {
  principal: requireName,
  rpc: requireName,
  key: requireName,
  answer: requireText,
  kid: requireText,
  createdAtMs: requireCount,
  requestMac: requireBytes,
  mac: requireBytes,
};

const userChecks: Checks<StoredUser, "tenant" | "passkeys" | "login"> = {
  slug: requireName,
  roles: requireNames,
  admin: requireFlag,
  operator: requireFlag,
  removed: requireFlag,
  createdBy: requireText,
  updatedBy: requireText,
  kid: requireText,
  createdAtMs: requireCount,
  updatedAtMs: requireCount,
  mac: requireBytes,
};

const loginChecks: Checks<Login> = { issuer: requireName, subject: requireName, displayName: requireText };

const tokenChecks: Checks<StoredToken, "tenant" | "session"> = {
  id: requireName,
  slug: requireName,
  description: requireText,
  grants: requireNames,
  createdBy: requireText,
  kid: requireText,
  createdAtMs: requireCount,
  expireAtMs: requireCount,
  revokedAtMs: requireCount,
  hash: requireBytes,
  mac: requireBytes,
};

const sessionChecks: Checks<Session> = {
  issuer: requireText,
  parent: requireText,
  sid: requireText,
  client: requireText,
  refreshToken: requireBytes,
};

const permitChecks: Checks<StoredPermit, "tenant"> = {
  name: requireName,
  patterns: requireNames,
  updatedAtMs: requireCount,
  updatedBy: requireText,
  kid: requireText,
  mac: requireBytes,
};

const checkpointChecks: Checks<AuditCheckpoint, "sink"> = {
  chain: requireName,
  position: requireCount,
  lastTimeMs: requireCount,
  lastMac: requireBytes,
  mac: requireBytes,
};

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

function requireVersion(value: unknown, field: string): void {
  requireCount(value, field);
  if (value === 0) refuse(field, "at least 1");
}

function requireLists(value: unknown, field: string): void {
  for (const list of Object.values(value as AccessLists)) requireNames(list, field);
}

function requireMetadata(value: unknown, field: string): void {
  for (const [name, text] of value as Metadata) {
    requireText(name, field);
    requireText(text, field);
  }
}

function requireSecret(secret: StoredSecret, tenant: string): void {
  requireSameTenant(secret.tenant, tenant);
  requireFields(secret, secretChecks);
}

function requireIdempotency(record: IdempotencyRecord, tenant: string): void {
  requireSameTenant(record.tenant, tenant);
  requireFields(record, idempotencyChecks);
}

function requireUser(user: StoredUser, tenant: string): void {
  requireSameTenant(user.tenant, tenant);
  requireFields(user, userChecks);
  // The rest of the passkeys is stored as one text.
  if (user.passkeys !== undefined) requireName(user.passkeys.handle, "handle");
  if (user.login !== undefined) requireFields(user.login, loginChecks);
}

function requireToken(token: StoredToken, tenant: string): void {
  requireSameTenant(token.tenant, tenant);
  requireFields(token, tokenChecks);
  if (token.session !== undefined) requireFields(token.session, sessionChecks);
}

function requirePermit(permit: StoredPermit, tenant: string): void {
  requireSameTenant(permit.tenant, tenant);
  requireFields(permit, permitChecks);
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
  requireFields(checkpoint, checkpointChecks);
}

function requireSameTenant(value: unknown, tenant: string): void {
  requireName(value, "tenant");
  if (value !== tenant) refuse("tenant", "that of the commit");
}

function requireFields<Row>(row: Row, checks: Partial<Record<keyof Row, Check>>): void {
  for (const [field, check] of Object.entries(checks) as [keyof Row & string, Check][]) check(row[field], field);
}
