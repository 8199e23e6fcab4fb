import type { AuditRecord } from "../audit/record.ts";
import type { SecretEvents } from "./secret-events.ts";
import type { AccessLists, IdempotencyRecord, StoredSecret } from "./secret-rows.ts";

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
  /** The lists of the document that it replaces; absent when that is removed, or there is none. Sent to watchers. */
  readonly formerLists?: AccessLists | undefined;
}

/** A secret, or its old versions, to delete for good. */
export interface SecretPurge {
  readonly key: string;
  /** The version that must be there now. With `keepCurrent`: the oldest version that stays. */
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

/** The part of a store that holds secrets, their history and idempotency records. */
export interface SecretStore {
  /** Removed ones included, in no particular order; what is missing or not visible is left out, at the same cost. */
  findSecrets(lookup: SecretLookup): Promise<readonly StoredSecret[]>;
  listSecrets(query: SecretPageQuery): Promise<SecretPage>;
  /** The same page, but only names, and as the index has them: several times cheaper, and nothing in it can be verified. */
  listNames(query: SecretPageQuery): Promise<SecretNamePage>;
  /** Writes documents and a history row for each, trims history to `limits.historyVersions`, appends audit records, stores the idempotency record. */
  commitSecrets(commit: SecretCommit): Promise<SecretCommitOutcome>;
  /**
   * Yields every new version of the tenant's secrets, each once, whichever process commits it, until `signal` aborts or the
   * store is closed. `after` is the position of an earlier answer, or "" for what comes from now on; the first answer
   * comes at once. A document that is only written anew is not a version. Throws `WatchPositionError`.
   */
  watchSecrets(options: { tenant: string; after: string; signal: AbortSignal }): AsyncIterable<SecretEvents>;
  /** Retained versions of a secret, newest first. */
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
}
