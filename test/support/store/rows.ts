import { createSecretKey, randomBytes } from "node:crypto";
import type { AuditRecord } from "../../../src/audit/record.ts";
import { derivedId } from "../../../src/rules/secret-key.ts";
import type { StoredPermit, StoredToken, StoredUser } from "../../../src/store/identity-rows.ts";
import type { AccessLists, IdempotencyRecord, StoredSecret } from "../../../src/store/secret-rows.ts";
import type { SecretCommit } from "../../../src/store/secret-store.ts";

export const tenant = "default";
export const auditKey = createSecretKey(Buffer.alloc(32, 7));
export const startMs = 1_764_000_000_000;

export function aLists(lists: Partial<AccessLists> = {}): AccessLists {
  const none = {
    readers: [],
    writers: [],
    deleters: [],
    canChangeReaders: [],
    canChangeWriters: [],
    canChangeDeleters: [],
  };
  return { ...none, ...lists };
}

/** A secret at version 1 that no one is listed in. The envelope is noise: the store must not care. */
export function aSecret(key: string, fields: Partial<StoredSecret> = {}): StoredSecret {
  const owner = fields.tenant ?? tenant;
  return {
    format: 1,
    tenant,
    id: derivedId(owner, key),
    key,
    version: 1,
    owner: "alice",
    lists: aLists(),
    metadata: [],
    createdAtMs: startMs,
    createdBy: "alice",
    updatedAtMs: startMs,
    updatedBy: "alice",
    valueChangedAtMs: startMs,
    removed: false,
    kid: "0123456789abcdef",
    envelope: new Uint8Array(randomBytes(48)),
    ...fields,
  };
}

/** The next version of a secret. */
export function nextVersion(secret: StoredSecret, fields: Partial<StoredSecret> = {}): StoredSecret {
  const envelope = new Uint8Array(randomBytes(48));
  return { ...secret, version: secret.version + 1, updatedAtMs: secret.updatedAtMs + 1, envelope, ...fields };
}

export function aPermit(name: string, patterns: readonly string[], fields: Partial<StoredPermit> = {}): StoredPermit {
  const by = { updatedAtMs: startMs, updatedBy: "admin", kid: "0123456789abcdef" };
  return { tenant, name, patterns, ...by, mac: new Uint8Array(randomBytes(32)), ...fields };
}

export function aRecord(fields: Partial<AuditRecord> = {}): AuditRecord {
  return {
    timeMs: startMs,
    tenant,
    principal: "alice",
    action: "secret.save",
    key: "alice/KEY",
    version: 1,
    decision: "allowed",
    rule: "own-prefix",
    requestId: "request-1",
    peer: "127.0.0.1",
    count: 0,
    names: [],
    filter: "",
    ...fields,
  };
}

/** A commit of documents, each expected to be at the version right before its own. */
export function aCommit(secrets: readonly StoredSecret[], fields: Partial<SecretCommit> = {}): SecretCommit {
  return {
    tenant: secrets[0]?.tenant ?? tenant,
    changes: secrets.map((secret) => ({ secret, expectedVersion: secret.version - 1 })),
    audit: [],
    idempotency: undefined,
    ...fields,
  };
}

export function anIdempotencyRecord(fields: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  return {
    tenant,
    principal: "alice",
    rpc: "SaveSecrets",
    key: "request-key-1",
    requestMac: new Uint8Array(randomBytes(32)),
    answer: '{"results":[]}',
    createdAtMs: startMs,
    kid: "0123456789abcdef",
    mac: new Uint8Array(randomBytes(32)),
    ...fields,
  };
}

export function aUser(slug: string, fields: Partial<StoredUser> = {}): StoredUser {
  return {
    tenant,
    slug,
    roles: [],
    admin: false,
    operator: false,
    createdAtMs: startMs,
    createdBy: "admin",
    updatedAtMs: startMs,
    updatedBy: "admin",
    removed: false,
    kid: "0123456789abcdef",
    mac: new Uint8Array(randomBytes(32)),
    ...fields,
  };
}

export function aToken(id: string, fields: Partial<StoredToken> = {}): StoredToken {
  return {
    tenant,
    id,
    slug: "alice",
    hash: new Uint8Array(randomBytes(32)),
    description: "",
    grants: [],
    createdAtMs: startMs,
    createdBy: "alice",
    expireAtMs: 0,
    revokedAtMs: 0,
    kid: "0123456789abcdef",
    mac: new Uint8Array(randomBytes(32)),
    ...fields,
  };
}
