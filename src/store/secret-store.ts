import type { AuditRecord } from "../audit/record.ts";
import type { SecretEvents } from "./secret-events.ts";
import type { AccessLists, IdempotencyRecord, Metadata, StoredSecret } from "./secret-rows.ts";
import type { OverQuota, UsageLimits } from "./usage.ts";

/** Whose secrets a query may return: those with one of these identities in any list, or all of the tenant. */
export type VisibleTo = readonly string[] | "everyone";

/** Looks up secrets by name. Exactly one of `keys` and `ids` is set. */
export interface SecretLookup {
  readonly tenant: string;
  readonly keys?: readonly string[];
  readonly ids?: readonly string[];
  /** With `ids`: only secrets whose key matches one of these globs. The others cost as much as missing ones. */
  readonly globs?: readonly string[];
  readonly visibleTo: VisibleTo;
  /** Stops after the secret that reaches this size together with those before it. Undefined: no limit. */
  readonly maxBytes?: number;
}

/** A page of the live secrets, or the removed ones, that `visibleTo` may see, in the order of their keys. */
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
  /** The page ends with the row that reaches this size, so that it fits into memory. Undefined: no limit. */
  readonly maxBytes?: number;
  /** Visible rows to read at most, when a glob matches few of them. */
  readonly scanLimit: number;
  /** Removed secrets in place of live ones. */
  readonly removed?: boolean;
  /** The caller does not need the envelopes, so they may be empty. */
  readonly fieldsOnly?: boolean;
}

export interface SecretName {
  readonly key: string;
  readonly id: string;
}

/** A page with the names of secrets in place of their documents. */
export interface SecretNamePage extends Omit<SecretPage, "secrets"> {
  readonly names: readonly SecretName[];
}

export interface SecretPage {
  /** Ordered by the bytes of the key. */
  readonly secrets: readonly StoredSecret[];
  /** The key to continue after; undefined when there is nothing more. */
  readonly next: string | undefined;
  /** Visible rows that were read. */
  readonly scanned: number;
}

/** What lies directly in a folder: a part of the tree of keys, whose segments are joined by "/". */
export interface FolderQuery extends Pick<SecretPageQuery, "tenant" | "visibleTo" | "right"> {
  /** Without "/" at its end; "" for the root. */
  readonly folder: string;
  /** `next` of the page before; "" from the start. */
  readonly after: string;
  /** Entries to return at most. */
  readonly limit: number;
}

/** A secret, or a folder with at least one secret under it. */
export type FolderEntry =
  | { readonly kind: "secret"; readonly name: SecretName }
  | { readonly kind: "folder"; readonly path: string };

export interface FolderPage {
  /** In byte order; a folder is where its path and "/" are. */
  readonly entries: readonly FolderEntry[];
  /** Where to continue; undefined when there is nothing more. */
  readonly next: string | undefined;
}

/** Everything under a folder, at any depth. */
export interface FolderCountQuery extends Pick<SecretPageQuery, "tenant" | "visibleTo" | "right" | "prefix"> {
  /** Secrets to count at most. */
  readonly limit: number;
}

export interface FolderCount {
  /** Never more than the limit. */
  readonly secrets: number;
  /** There are more. */
  readonly more: boolean;
  /**
   * Of those that are counted, the ones that have a date or an interval in their metadata. Nothing of it is verified.
   */
  readonly timed: readonly TimedSecret[];
}

export interface TimedSecret {
  readonly metadata: Metadata;
  readonly valueChangedAtMs: number;
}

/**
 * One document to write, and the version that must be stored now. 0 means no document with this key, not even a removed
 * one.
 */
export interface SecretChange {
  readonly secret: StoredSecret;
  readonly expectedVersion: number;
  /** The lists of the document that it replaces; absent when that is removed or does not exist. Sent to watchers. */
  readonly formerLists?: AccessLists | undefined;
  /**
   * The stored document does not verify. Nothing of it is trusted: whatever the indexes have for this key goes with it,
   * and `expectedVersion` is the version as it was read, which may be any number.
   */
  readonly replacesDamaged?: boolean;
  /** What the change was decided on, when that was not read but recalled. */
  readonly basis?: RecalledBasis;
}

/** A secret as the store recalls it. */
export interface RecalledSecret {
  readonly secret: StoredSecret;
  /** Names the commit that wrote it. No two commits have the same name, also when one purges what the other wrote. */
  readonly operation: string;
}

/** A recalled secret on which a change was decided. It must be what is stored at the moment of the commit. */
export interface RecalledBasis extends RecalledSecret {
  /**
   * Whether the log of changes has nothing newer. It may be asked for while the commit is written, which waits for it
   * before it takes effect; false is as if something else were stored. Must not reject.
   */
  readonly isNewest: Promise<boolean>;
}

/** A secret, or its old versions, to delete for good. */
export interface SecretPurge {
  readonly key: string;
  /** The version that must be stored now. With `keepCurrent`: the oldest version that stays. */
  readonly version: number;
  /** Deletes only older versions. Otherwise everything is deleted, and the key and the id are free. */
  readonly keepCurrent: boolean;
  /** With `keepCurrent`: deletes only these versions, all of them older than `version`. */
  readonly versions?: readonly number[] | undefined;
  /** As `replacesDamaged` of a change. */
  readonly isDamaged?: boolean;
}

/** A permit on which the creation of a key was decided. */
export interface NeededPermit {
  /** A slug or a role. */
  readonly name: string;
  readonly pattern: string;
}

/** Written as a whole, or not at all. */
export interface SecretCommit {
  readonly tenant: string;
  readonly changes: readonly SecretChange[];
  /**
   * A purge may have the key of a change only if it keeps the version that the change makes. A commit with purges must
   * have audit records.
   */
  readonly purges?: readonly SecretPurge[];
  /** Appended to the `changes` chain in the same transaction. */
  readonly audit: readonly AuditRecord[];
  readonly idempotency: IdempotencyRecord | undefined;
  /**
   * What the owners and the tenant may have at most. With several processes on one database, each may exceed it by what
   * it was writing at the time. Absent: no limits.
   */
  readonly usageLimits?: UsageLimits | undefined;
  /** Permits that must be there at the moment of the commit. */
  readonly permits?: readonly NeededPermit[];
}

/** With every status other than `committed`, nothing was written. */
export type SecretCommitOutcome =
  | { readonly status: "committed" }
  /** The document at `index` is not at its expected version. Indexes of purges follow those of the changes. */
  | { readonly status: "stale"; readonly index: number }
  /** The id of the document at `index` belongs to another key. */
  | { readonly status: "id-taken"; readonly index: number }
  /** An owner or the tenant would have more than it may have. */
  | ({ readonly status: "over-quota" } & OverQuota)
  /** One of the permits is no longer there. */
  | { readonly status: "permit-gone" }
  /** A record with this idempotency key exists. */
  | { readonly status: "repeated" };

/** What the index of visible secrets says: that an identity sees a secret. It is made from the lists of each secret. */
export interface IndexEntry {
  readonly tenant: string;
  readonly key: string;
  readonly id: string;
  readonly identity: string;
  readonly canRead: boolean;
  readonly removed: boolean;
}

export interface IndexPage {
  readonly entries: readonly IndexEntry[];
  /** Where the next page starts; undefined when there are no more entries. */
  readonly next: string | undefined;
}

/** The part of a store that holds secrets, their history and idempotency records. */
export interface SecretStore {
  /**
   * Returns secrets, also removed ones, in no particular order. It leaves out missing and invisible ones, at the same
   * cost.
   */
  findSecrets(lookup: SecretLookup): Promise<readonly StoredSecret[]>;
  /**
   * A live secret as this process last wrote it, without a query. Another process may have changed or purged it since:
   * nothing may be answered, refused or left out because of it. A change that is decided on it names it as its `basis`.
   * Undefined: read it.
   */
  recallSecret(tenant: string, key: string): RecalledSecret | undefined;
  listSecrets(query: SecretPageQuery): Promise<SecretPage>;
  /**
   * The same page, but only names, which are read from the index: several times cheaper, but nothing in it can be
   * verified.
   */
  listNames(query: SecretPageQuery): Promise<SecretNamePage>;
  /** What lies directly in a folder. Like a page of names, it is read from the index. */
  listFolder(query: FolderQuery): Promise<FolderPage>;
  /** How many live secrets are under a folder. */
  countFolder(query: FolderCountQuery): Promise<FolderCount>;
  /**
   * Writes documents and a history row for each, purges, appends audit records and stores the idempotency record. Also
   * trims history to `limits.historyVersions`, which MongoDB does after the commit.
   */
  commitSecrets(commit: SecretCommit): Promise<SecretCommitOutcome>;
  /**
   * Yields every new version of the tenant's secrets, each once, whichever process commits it, until `signal` aborts or
   * the store is closed. `after` is the position of an earlier result, or "" for versions from now on. The first result
   * comes at once. A document that is only rewritten is not a new version. Throws `WatchPositionError`.
   */
  watchSecrets(options: { tenant: string; after: string; signal: AbortSignal }): AsyncIterable<SecretEvents>;
  /** Retained versions of a secret, newest first. */
  listHistory(tenant: string, key: string): Promise<readonly StoredSecret[]>;
  /**
   * The numbers of the retained versions of each of these keys, in no particular order. Read from an index: nothing of
   * it is verified.
   */
  listVersionNumbers(tenant: string, keys: readonly string[]): Promise<readonly (readonly number[])[]>;
  /**
   * Secrets of any tenant that were removed at or before a time, in the order of their removal, without the first
   * `skip`.
   */
  listRemoved(untilMs: number, limit: number, skip: number): Promise<readonly StoredSecret[]>;
  /**
   * All entries of the index, to check them. `after` is the `next` of the page before, or "". About `limit` entries.
   */
  listIndex(after: string, limit: number): Promise<IndexPage>;
  /** The entries of one secret. May take long. */
  indexOf(tenant: string, key: string): Promise<readonly IndexEntry[]>;
  /** Records older than 24 h count as absent. */
  findIdempotency(
    tenant: string,
    principal: string,
    rpc: string,
    key: string,
    nowMs: number,
  ): Promise<IdempotencyRecord | undefined>;
}
