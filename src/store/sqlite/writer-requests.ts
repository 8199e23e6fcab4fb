import type { KeyObject } from "node:crypto";
import type { AuditSink } from "../../audit/chain.ts";
import type { AuditCheckpoint } from "../../audit/checkpoint.ts";
import type { ChainEnd } from "../../audit/head.ts";
import type { RegisteredChain } from "../../audit/verifier.ts";
import type { IdentityCommit } from "../identity-rows.ts";
import type { LoginWrite } from "../login-store.ts";
import type { Rewrap } from "../rewrappable-rows.ts";
import type { SecretCommit, SecretCommitOutcome } from "../secret-store.ts";
import type { StoreFault } from "../store-error.ts";
import type { StoredKey } from "../stored-key.ts";
import type { Synchronous } from "./database.ts";

/** Settings that a writer thread is started with. */
export interface WriterSettings {
  readonly path: string;
  readonly sink: AuditSink;
  readonly synchronous: Synchronous;
  /** Delays every commit, like a slow disk. 0 outside of tests. */
  readonly commitDelayMs: number;
  /** The most pages that the file may have, like a full disk. Undefined outside of tests. */
  readonly pagesMax: number | undefined;
}

/** The chain that records go to from now on. `mac` is that of its start, which the first record continues. */
export interface ChainStart {
  readonly auditKey: KeyObject;
  readonly chain: string;
  readonly mac: Uint8Array;
}

/** Records that follow each other, in the bytes that the journal has of them: they cost this thread next to nothing. */
export interface ShippedRecords {
  readonly chain: string;
  readonly frames: Uint8Array;
  /** Waits for the disk, also for all that was stored before. */
  readonly isDurable: boolean;
}

/** New data of a stored key. It is written only while the stored data is `former`. */
export interface KeyReplacement {
  readonly key: Pick<StoredKey, "kid" | "purpose" | "data">;
  readonly former: Uint8Array;
}

/** What each kind of request carries. */
export interface RequestBody {
  readonly "commit-secrets": SecretCommit;
  readonly "commit-identity": IdentityCommit;
  readonly "write-login": LoginWrite;
  readonly "drop-logins": number;
  readonly "add-key": StoredKey;
  readonly "replace-key-data": KeyReplacement;
  readonly "remove-key": Pick<StoredKey, "kid" | "purpose">;
  readonly rewrap: readonly Rewrap[];
  readonly "forget-idempotency": readonly string[];
  readonly "register-chains": readonly RegisteredChain[];
  readonly "drop-audit": AuditCheckpoint;
  /** Everything recorded afterwards goes to this chain. */
  readonly "start-chain": ChainStart;
  /** Asks whether every table can be written, and whether a commit reaches the disk. */
  readonly probe: undefined;
  /**
   * Audit records as a JSON array, which is several times cheaper to send than the objects.
   *
   * 1.3 times as many batches of 16 records (`npm run bench:parts -- --only protocol`).
   */
  readonly append: string;
  /**
   * Notes that the file has the records of a chain up to a position: those of the chain of the journal that begins, or
   * is recovered. Forgets what was noted of other chains.
   */
  readonly "begin-journal": Pick<ChainEnd, "chain" | "position">;
  /** Forgets that: the chain has ended, and its journal is deleted. */
  readonly "end-journal": undefined;
  /** Records of a chain whose journal has begun. Those up to the noted position are there already. */
  readonly ship: ShippedRecords;
}

export type RequestKind = keyof RequestBody;

/** The reply to each kind of request, once it is stored. */
export interface Outcome {
  readonly "commit-secrets": SecretCommitOutcome;
  readonly "commit-identity": "committed" | "stale";
  readonly "write-login": boolean;
  readonly "drop-logins": undefined;
  readonly "add-key": undefined;
  readonly "replace-key-data": boolean;
  readonly "remove-key": undefined;
  readonly rewrap: number;
  readonly "forget-idempotency": undefined;
  readonly "register-chains": undefined;
  readonly "drop-audit": undefined;
  readonly "start-chain": undefined;
  readonly append: undefined;
  readonly "begin-journal": undefined;
  readonly "end-journal": undefined;
  readonly ship: undefined;
  readonly probe: undefined;
}

export type WriteRequest = { [K in RequestKind]: { readonly kind: K; readonly body: RequestBody[K] } }[RequestKind];

/** From the main thread to the writer, which replies to requests in their order. */
export type ToWriter =
  | { readonly kind: "requests"; readonly requests: readonly WriteRequest[] }
  | { readonly kind: "close" };

export interface WriteFailure {
  readonly kind: "unavailable" | "unknown-outcome" | "bug";
  readonly fault: StoreFault | undefined;
  /** Fixed text of SQLite for its result code, never data of a row. */
  readonly reason: string;
}

export type WriteReply =
  | { readonly stored: true; readonly outcome: Outcome[RequestKind] }
  | { readonly stored: false; readonly failure: WriteFailure };

/** From the writer to the main thread. */
export type FromWriter =
  | { readonly kind: "ready" }
  | { readonly kind: "refused"; readonly message: string; readonly fault: StoreFault | undefined }
  | { readonly kind: "replies"; readonly replies: readonly WriteReply[] };
