import type { KeyObject } from "node:crypto";
import type { AuditSink } from "../audit/chain.ts";
import type { AuditCheckpoint } from "../audit/checkpoint.ts";
import type { AuditRecord, ChainedRecord } from "../audit/record.ts";
import type { RegisteredChain } from "../audit/verifier.ts";
import type { AuditPage, AuditQuery } from "./audit-page.ts";
import type { IdentityCommit, StoredToken, StoredUser } from "./identity-rows.ts";
import type { KeyedPage, KeyUse, Rewrap, RewrappableKind, RewrappableRows, StoreProcess } from "./rewrappable-rows.ts";
import type { SecretEvents } from "./secret-events.ts";
import type { ServerFacts } from "./server-facts.ts";
import type { StoredKey } from "./stored-key.ts";

/** The six access lists of a secret: slugs and roles, each sorted by its bytes and without repeats. */
export interface AccessLists {
  readonly readers: readonly string[];
  readonly writers: readonly string[];
  readonly deleters: readonly string[];
  readonly canChangeReaders: readonly string[];
  readonly canChangeWriters: readonly string[];
  readonly canChangeDeleters: readonly string[];
}

/**
 * A secret as it is stored. Everything but `kid` and `envelope` is associated data of the envelope. One that is frozen is
 * given out more than once: nothing in it ever changes, as all types here say.
 */
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
  /** The lists of the document that it replaces; absent when that is removed, or there is none. Told to watchers. */
  readonly formerLists?: AccessLists | undefined;
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

/** A secret, or its old versions, to delete for good. */
export interface SecretPurge {
  readonly key: string;
  /** The version that must be there now. With `keepCurrent`: the oldest version that is kept. */
  readonly version: number;
  /** Only older versions go. Otherwise nothing stays: the key and the id are free. */
  readonly keepCurrent: boolean;
}

/** All of it, or nothing. */
export interface SecretCommit {
  readonly tenant: string;
  readonly changes: readonly SecretChange[];
  /** Each with a key that no change has. A commit with any has audit records. */
  readonly purges?: readonly SecretPurge[];
  /** Appended to the `changes` chain in the same transaction. */
  readonly audit: readonly AuditRecord[];
  readonly idempotency: IdempotencyRecord | undefined;
}

export type SecretCommitOutcome =
  | { readonly status: "committed" }
  /** The document at `index` is not at its expected version. Purges count on after the changes. */
  | { readonly status: "stale"; readonly index: number }
  /** The id of the document at `index` belongs to another key. */
  | { readonly status: "id-taken"; readonly index: number }
  /** A record with this idempotency key exists. */
  | { readonly status: "repeated" };

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
  /**
   * Tells every new version of the tenant's secrets, each once, whichever process commits it, until `signal` aborts or the
   * store is closed. `after` is the position of an earlier answer, or "" for what comes from now on; the first answer
   * comes at once. A document that is only written anew is no version. Throws `WatchPositionError`.
   */
  watchSecrets(options: { tenant: string; after: string; signal: AbortSignal }): AsyncIterable<SecretEvents>;
  /** Versions of a secret that are kept, newest first. */
  listHistory(tenant: string, key: string): Promise<readonly StoredSecret[]>;
  /** Secrets of any tenant that were removed at or before a time, the longest removed ones first. */
  listRemoved(untilMs: number, limit: number): Promise<readonly StoredSecret[]>;
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

  /** Deletes a key; one that is not there is fine. */
  removeKey(key: Pick<StoredKey, "kid" | "purpose">): Promise<void>;
  /**
   * Marks the store as one that is being restored, in the place of the mark with the kid `former`, or of none. False, and
   * nothing is done, when that is not what is there any more. From then on and until the mark is removed, keys, chains and commits of
   * this object are written only while it is there, and throw `StoreError` when somebody else has put theirs in its place.
   */
  takeRestoreMark(mark: Pick<StoredKey, "kid" | "createdAtMs">, former: string | undefined): Promise<boolean>;
  /** The restore is whole. Throws `StoreError` when the mark that was taken here is there no longer. */
  removeRestoreMark(): Promise<void>;
  /** How many rows depend on each keyring key. Answers to requests that no longer count are left out. */
  countByKey(nowMs: number): Promise<readonly KeyUse[]>;
  /** Rows under a keyring key, `limit` at most, in an order of the store's own; `after` is "" or a page's `next`. */
  listUnderKey<Kind extends RewrappableKind>(
    kind: Kind,
    kid: string,
    after: string,
    limit: number,
  ): Promise<KeyedPage<RewrappableRows[Kind]>>;
  /** Puts rows under another key, each by itself. Answers how many were still as they had been read. */
  rewrap(rewraps: readonly Rewrap[]): Promise<number>;
  /** Deletes the answers to requests that are under these keyring keys. */
  forgetIdempotency(kids: readonly string[]): Promise<void>;

  /** Tells the other processes on this store that this one runs, with these keys. To be repeated every few seconds. */
  keepProcess(process: StoreProcess): Promise<void>;
  /** Processes that were heard of within the last `withinMs`, by the store's clock, this one included. */
  listProcesses(withinMs: number): Promise<readonly StoreProcess[]>;
  /** This process ends. */
  removeProcess(id: string): Promise<void>;

  /** Registers this process's chains, one per sink. Nothing can be appended or committed before. */
  beginAudit(options: { auditKey: KeyObject; chain: string; startedAtMs: number }): Promise<void>;
  /** Appends to the `access` chain. Resolves when stored: surviving a crash of the process, or of the machine if so configured. */
  appendAccess(records: readonly AuditRecord[]): Promise<void>;
  /** From both sinks, newest first (then by chain and position, descending). */
  listAudit(query: AuditQuery): Promise<readonly ChainedRecord[]>;
  /** The registered chains with their start MACs, for verification. */
  listChains(): Promise<readonly RegisteredChain[]>;
  /** All records of a sink, of every tenant, those of each chain in their order. `after` is the `next` of the page before, or "". */
  readAudit(sink: AuditSink, after: string, limit: number): Promise<AuditPage>;
  listCheckpoints(): Promise<readonly AuditCheckpoint[]>;
  /** Keeps the checkpoint of its chain, unless a later one is there, and drops the records up to its position. */
  dropAudit(checkpoint: AuditCheckpoint): Promise<void>;

  /** Undefined for a store without a server of its own. */
  describeServer(): Promise<ServerFacts | undefined>;

  /** Waits for writes under way, then releases everything. */
  close(): Promise<void>;
}
