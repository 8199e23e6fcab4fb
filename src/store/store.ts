import type { KeyObject } from "node:crypto";
import type { AuditSink } from "../audit/chain.ts";
import type { AuditDecision, AuditRecord, ChainedRecord } from "../audit/record.ts";

/** The six access lists of a secret: slugs and roles, each sorted by its bytes and without repeats. */
export interface AccessLists {
  readonly readers: readonly string[];
  readonly writers: readonly string[];
  readonly deleters: readonly string[];
  readonly canChangeReaders: readonly string[];
  readonly canChangeWriters: readonly string[];
  readonly canChangeDeleters: readonly string[];
}

/** A secret as it is stored. Everything but `kid` and `envelope` is associated data of the envelope. */
export interface StoredSecret {
  readonly format: number;
  readonly tenant: string;
  readonly id: string;
  readonly key: string;
  /** From 1; a removal is a version too. */
  readonly version: number;
  readonly owner: string;
  readonly lists: AccessLists;
  /** Pairs sorted by the bytes of the name; an array, so that no name can be special. */
  readonly metadata: readonly (readonly [name: string, value: string])[];
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly updatedAtMs: number;
  readonly updatedBy: string;
  readonly valueChangedAtMs: number;
  /** A removed secret keeps its place (id, counter, lists) until it is purged. It is in no list of secrets. */
  readonly removed: boolean;
  /** Which key of the keyring sealed the envelope: 16 hex digits. */
  readonly kid: string;
  readonly envelope: Uint8Array;
}

/** Whose secrets a query may return: those with one of these identities in any list, or all of the tenant. */
export type VisibleTo = readonly string[] | "everyone";

/** Looks up secrets by name. Exactly one of `keys` and `ids` is set. */
export interface SecretLookup {
  readonly tenant: string;
  readonly keys?: readonly string[];
  readonly ids?: readonly string[];
  /** With `ids`: only secrets whose key one of these globs matches; the others cost what missing ones cost. */
  readonly globs?: readonly string[];
  readonly visibleTo: VisibleTo;
}

export interface SecretPageQuery {
  readonly tenant: string;
  readonly visibleTo: VisibleTo;
  /** `read`: only secrets with one of the identities among the readers. Ignored for `everyone`. */
  readonly right: "any" | "read";
  /** Only keys that start with this; "" for all. */
  readonly prefix: string;
  /** A glob over the whole key in which only `*` is special; undefined for all. */
  readonly glob: string | undefined;
  /** Only keys after this one in byte order; "" from the start. */
  readonly after: string;
  /** Rows to return at most. */
  readonly limit: number;
  /** Visible rows to look at before giving up on a glob that matches few. */
  readonly scanLimit: number;
  /** The envelopes are not looked at: they may be left out, and be empty. */
  readonly fieldsOnly?: boolean;
}

export interface SecretName {
  readonly key: string;
  readonly id: string;
}

export interface SecretNamePage extends Omit<SecretPage, "secrets"> {
  readonly names: readonly SecretName[];
}

export interface SecretPage {
  /** Ordered by the bytes of the key; removed secrets are not among them. */
  readonly secrets: readonly StoredSecret[];
  /** Key to continue after; undefined when there is nothing more. */
  readonly next: string | undefined;
  /** Visible rows that were looked at. */
  readonly scanned: number;
}

/** One document to write, and the version that must be there now: 0 means no document with this key, not even a removed one. */
export interface SecretChange {
  readonly secret: StoredSecret;
  readonly expectedVersion: number;
}

/** The answer to an earlier request, kept so that a repeated request is not carried out again. */
export interface IdempotencyRecord {
  readonly tenant: string;
  readonly principal: string;
  readonly rpc: string;
  readonly key: string;
  /** Keyed HMAC of the request. */
  readonly requestMac: Uint8Array;
  /** The answer, without any value. */
  readonly answer: string;
  readonly createdAtMs: number;
  readonly kid: string;
  /** Authenticates all of the above. */
  readonly mac: Uint8Array;
}

/** All of it, or nothing. */
export interface SecretCommit {
  readonly tenant: string;
  readonly changes: readonly SecretChange[];
  /** Appended to the `changes` chain in the same transaction. */
  readonly audit: readonly AuditRecord[];
  readonly idempotency: IdempotencyRecord | undefined;
}

export type SecretCommitOutcome =
  | { readonly status: "committed" }
  /** The document at `index` is not at its expected version. */
  | { readonly status: "stale"; readonly index: number }
  /** The id of the document at `index` belongs to another key. */
  | { readonly status: "id-taken"; readonly index: number }
  /** A record with this idempotency key exists. */
  | { readonly status: "repeated" };

export interface StoredUser {
  readonly tenant: string;
  readonly slug: string;
  readonly roles: readonly string[];
  readonly admin: boolean;
  readonly operator: boolean;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly updatedAtMs: number;
  readonly updatedBy: string;
  /** Removed users are kept, so that their slug is not given away by accident. */
  readonly removed: boolean;
  readonly kid: string;
  /** Authenticates all of the above under the keyring. */
  readonly mac: Uint8Array;
}

export interface StoredToken {
  readonly tenant: string;
  readonly id: string;
  readonly slug: string;
  /** SHA-256 of the token. */
  readonly hash: Uint8Array;
  readonly description: string;
  /** What the token is narrowed to, as `action:glob`, sorted by bytes; empty for a token that is not narrowed. */
  readonly grants: readonly string[];
  readonly createdAtMs: number;
  readonly createdBy: string;
  /** 0 = never. */
  readonly expireAtMs: number;
  /** 0 = not revoked. */
  readonly revokedAtMs: number;
  readonly kid: string;
  readonly mac: Uint8Array;
}

/** Users and tokens to write, together with their audit records, if nobody changed the tenant's identities meanwhile. */
export interface IdentityCommit {
  readonly tenant: string;
  /** `identityRevision` of the tenant that this was decided on. */
  readonly expectedRevision: number;
  readonly users: readonly StoredUser[];
  readonly tokens: readonly StoredToken[];
  readonly audit: readonly AuditRecord[];
}

/** A key that the store's content depends on. */
export interface StoredKey {
  readonly kid: string;
  /**
   * `keyring`: `data` lets a keyring key prove itself. `audit`: `data` is the audit key, wrapped by the keyring key `kid`.
   * `sealing`: `data` is the private key that opens values sealed for `kid`, wrapped by a keyring key that it names.
   */
  readonly purpose: "keyring" | "audit" | "sealing";
  readonly data: Uint8Array;
  readonly createdAtMs: number;
}

export interface AuditQuery {
  readonly tenant: string;
  readonly key?: string;
  readonly principal?: string;
  readonly action?: string;
  readonly decision?: AuditDecision;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Continue after this record: the last one of the previous page. */
  readonly after?: { readonly timeMs: number; readonly chain: string; readonly position: number };
  readonly limit: number;
}

/** A failure of the store itself. `unknown-outcome`: a commit may or may not have happened. Never holds data of a row. */
export class StoreError extends Error {
  readonly kind: "unavailable" | "unknown-outcome";
  constructor(kind: "unavailable" | "unknown-outcome", message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.kind = kind;
  }
}

/**
 * Where everything is kept. The store keeps rows and knows nothing of keys, rights or plaintexts, except that it filters
 * by visibility in the query. Every write is durable before its promise resolves; a read that starts after that sees it.
 * Implementations refuse empty tenants and keys. All throw `StoreError`.
 */
export interface Store {
  /** Removed ones included, in no particular order; what is missing or not visible is left out, at the same cost. */
  findSecrets(lookup: SecretLookup): Promise<readonly StoredSecret[]>;
  listSecrets(query: SecretPageQuery): Promise<SecretPage>;
  /** The same page, but only names, and as the index has them: several times cheaper, and nothing in it can be verified. */
  listNames(query: SecretPageQuery): Promise<SecretNamePage>;
  /** Writes documents and a history row for each, trims history to `limits.historyVersions`, appends audit, keeps idempotency. */
  commitSecrets(commit: SecretCommit): Promise<SecretCommitOutcome>;
  /** Versions of a secret that are kept, newest first. */
  listHistory(tenant: string, key: string): Promise<readonly StoredSecret[]>;
  /** Records older than 24 h count as absent. */
  findIdempotency(
    tenant: string,
    principal: string,
    rpc: string,
    key: string,
    nowMs: number,
  ): Promise<IdempotencyRecord | undefined>;

  /** Counts the identity commits of a tenant; 0 when there is none. */
  identityRevision(tenant: string): Promise<number>;
  findUser(tenant: string, slug: string): Promise<StoredUser | undefined>;
  /** Ordered by slug, removed ones included. */
  listUsers(tenant: string, after: string, limit: number): Promise<readonly StoredUser[]>;
  /** True when the store has no user in any tenant: it is new. */
  hasNoUsers(): Promise<boolean>;
  findTokenByHash(hash: Uint8Array): Promise<StoredToken | undefined>;
  findToken(tenant: string, id: string): Promise<StoredToken | undefined>;
  /** Ordered by id; `slug` undefined for everybody's. */
  listTokens(tenant: string, slug: string | undefined, after: string, limit: number): Promise<readonly StoredToken[]>;
  commitIdentity(commit: IdentityCommit): Promise<"committed" | "stale">;

  listKeys(): Promise<readonly StoredKey[]>;
  /** Adds a key unless one with this kid and purpose is there already; at most one `audit` key is ever kept. Idempotent. */
  addKey(key: StoredKey): Promise<void>;
  /** Replaces the data of the key with this kid and purpose, if it still is `former`: wrapped anew. False otherwise. */
  replaceKeyData(key: Pick<StoredKey, "kid" | "purpose" | "data">, former: Uint8Array): Promise<boolean>;

  /** Registers this process's chains, one per sink. Nothing can be appended or committed before. */
  beginAudit(options: { auditKey: KeyObject; chain: string; startedAtMs: number }): Promise<void>;
  /** Appends to the `access` chain. Resolves when stored: surviving a crash of the process, or of the machine if so configured. */
  appendAccess(records: readonly AuditRecord[]): Promise<void>;
  /** From both sinks, newest first (then by chain and position, descending). */
  listAudit(query: AuditQuery): Promise<readonly ChainedRecord[]>;
  /** The registered chains with their start MACs, for verification. */
  listChains(): Promise<readonly { chain: string; sink: AuditSink; startedAtMs: number; mac: Uint8Array }[]>;

  /** Waits for writes under way, then releases everything. */
  close(): Promise<void>;
}
