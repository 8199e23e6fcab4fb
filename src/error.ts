/**
 * Why a request was refused. The names are those of the enum `Reason` in `proto/secret/v1/error.proto`, without prefix.
 * The table that maps each to a status code is in `src/http/call/error.ts`.
 */
export type Reason =
  | "UNAUTHENTICATED"
  | "INVALID_FIELD"
  | "INVALID_BODY"
  | "CONFLICTING_FIELDS"
  | "DUPLICATE_ITEM"
  | "LIMIT_EXCEEDED"
  | "CHECKSUM_MISMATCH"
  | "NOT_A_SEALED_VALUE"
  | "INVALID_PAGE_TOKEN"
  | "MISSING_RIGHT"
  | "FOREIGN_PREFIX"
  | "ADMIN_ONLY"
  | "OPERATOR_ONLY"
  | "NOT_GRANTED"
  | "NOT_FOUND"
  | "STALE_VERSION"
  | "CONTENTION"
  | "IDEMPOTENCY_KEY_REUSED"
  | "INTEGRITY"
  | "AUDIT_UNAVAILABLE"
  | "STORE_UNAVAILABLE"
  | "OUTCOME_UNKNOWN"
  | "NAME_TAKEN"
  | "LAST_ADMIN"
  | "NO_SEALING_KEY"
  | "ISSUER_UNAVAILABLE"
  | "RATE_LIMITED"
  | "IN_USE"
  | "START_OVER"
  | "QUOTA_EXCEEDED"
  | "LOGIN_PENDING"
  | "SLOW_DOWN"
  | "LOGIN_DENIED"
  | "LOGIN_EXPIRED"
  | "MANAGED_BY_LOGIN"
  | "NOT_A_USER"
  | "LOGIN_UNAVAILABLE";

/** What is wrong with one item of a request. Never contains a value, an encryption key or a token. */
export interface Failure {
  readonly reason: Reason;
  /** Shown to users. Names the field and the rule. */
  readonly message: string;
  /** Position of the item in its list, from 0. */
  readonly index?: number;
  readonly key?: string;
  /** JSON path of the field, such as `secrets[2].readers`. */
  readonly field?: string;
  readonly right?: string;
  readonly limit?: number;
  readonly actual?: number;
  /** When the same request may succeed; sent as Retry-After. */
  readonly retryAfterSeconds?: number;
}

/**
 * The error for a refused request. Its message is that of the first failure and is sent to the caller. `knownError`
 * translates `StoreError`, `IntegrityError` and `AuditUnavailableError` into it. Anything else that is thrown is an
 * internal error, whose text stays in the log.
 */
export class SecretError extends Error {
  readonly failures: readonly [Failure, ...Failure[]];
  /** Set once this refusal has an audit record, so that it gets exactly one. */
  audited = false;

  constructor(first: Failure, ...rest: Failure[]) {
    // Where a refusal was made is of no use, and finding that out is most of what a refused call costs.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(rest.length === 0 ? first.message : `${first.message} (and ${rest.length} more)`);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = "SecretError";
    this.failures = [first, ...rest];
  }

  get reason(): Reason {
    return this.failures[0].reason;
  }
}

/** Throws one `SecretError` with all failures of a request. Returns when there are none. */
export function throwAny(failures: readonly Failure[]): void {
  const [first, ...rest] = failures;
  if (first !== undefined) throw new SecretError(first, ...rest);
}
