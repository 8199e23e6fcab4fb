import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorDetailSchema, Reason as WireReason } from "../../../gen/secret/v1/error_pb.ts";
import { AuditUnavailableError } from "../../audit/access-log.ts";
import { IntegrityError } from "../../crypto/integrity-error.ts";
import { type Failure, type Reason, SecretError } from "../../error.ts";
import { limits } from "../../limits.ts";
import { isProgrammingError, StoreError, storeFaults } from "../../store/store-error.ts";
import { codeName } from "./call-observer.ts";

/** The status code of each reason. A reason without a row does not compile. */
const codes: Record<Reason, Code> = {
  UNAUTHENTICATED: Code.Unauthenticated,
  INVALID_FIELD: Code.InvalidArgument,
  INVALID_BODY: Code.InvalidArgument,
  CONFLICTING_FIELDS: Code.InvalidArgument,
  DUPLICATE_ITEM: Code.InvalidArgument,
  LIMIT_EXCEEDED: Code.InvalidArgument,
  CHECKSUM_MISMATCH: Code.InvalidArgument,
  NOT_A_SEALED_VALUE: Code.InvalidArgument,
  INVALID_PAGE_TOKEN: Code.InvalidArgument,
  MISSING_RIGHT: Code.PermissionDenied,
  FOREIGN_PREFIX: Code.PermissionDenied,
  ADMIN_ONLY: Code.PermissionDenied,
  OPERATOR_ONLY: Code.PermissionDenied,
  NOT_GRANTED: Code.PermissionDenied,
  NOT_FOUND: Code.NotFound,
  STALE_VERSION: Code.Aborted,
  CONTENTION: Code.Aborted,
  IDEMPOTENCY_KEY_REUSED: Code.AlreadyExists,
  INTEGRITY: Code.DataLoss,
  AUDIT_UNAVAILABLE: Code.Unavailable,
  STORE_UNAVAILABLE: Code.Unavailable,
  OUTCOME_UNKNOWN: Code.Unknown,
  NAME_TAKEN: Code.AlreadyExists,
  LAST_ADMIN: Code.FailedPrecondition,
  NO_SEALING_KEY: Code.FailedPrecondition,
  ISSUER_UNAVAILABLE: Code.Unavailable,
  RATE_LIMITED: Code.ResourceExhausted,
  IN_USE: Code.FailedPrecondition,
  START_OVER: Code.OutOfRange,
  QUOTA_EXCEEDED: Code.ResourceExhausted,
  LOGIN_PENDING: Code.FailedPrecondition,
  SLOW_DOWN: Code.ResourceExhausted,
  LOGIN_DENIED: Code.PermissionDenied,
  LOGIN_EXPIRED: Code.FailedPrecondition,
  MANAGED_BY_LOGIN: Code.FailedPrecondition,
  NOT_A_USER: Code.FailedPrecondition,
  LOGIN_UNAVAILABLE: Code.FailedPrecondition,
};

/**
 * The error that the caller sees, after `knownError` has translated the errors of lower layers. A `SecretError` becomes
 * its message and details; `code` replaces the code of its reason where the transport needs another one. A
 * `ConnectError` stays as it is. Any other error becomes "internal error".
 */
export function toConnectError(caught: unknown, code?: Code): ConnectError {
  const error = knownError(caught);
  if (error instanceof ConnectError) return error;
  if (!(error instanceof SecretError)) return new ConnectError("internal error", Code.Internal);
  const details = error.failures
    .slice(0, limits.errorDetails)
    .map((failure) => ({ desc: ErrorDetailSchema, value: create(ErrorDetailSchema, detailOf(failure)) }));
  // As in `SecretError`.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new ConnectError(error.message, code ?? codes[error.reason], metadataOf(error), details);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The name of the status code of an error. */
export function codeNameOf(error: unknown): string {
  return codeName(toConnectError(error).code);
}

/** A header in HTTP, metadata in gRPC. Clients of both look for it. */
function metadataOf({ failures: [{ retryAfterSeconds }] }: SecretError): Record<string, string> | undefined {
  return retryAfterSeconds === undefined ? undefined : { "retry-after": String(retryAfterSeconds) };
}

/** Translates errors of lower layers into errors that callers may see. */
export function knownError(error: unknown): unknown {
  // "Try again later" would be wrong: the next call fails in the same way.
  if (isProgrammingError(error instanceof AuditUnavailableError ? error.cause : error)) return error;
  if (error instanceof AuditUnavailableError) {
    const message = `the audit log is not available${causeOf(error.cause)}; try again later`;
    return new SecretError({ reason: "AUDIT_UNAVAILABLE", message });
  }
  if (error instanceof StoreError && error.kind === "unknown-outcome") {
    const message = `the store did not say whether the change was made${causeOf(error)}; check before you try again`;
    return new SecretError({ reason: "OUTCOME_UNKNOWN", message });
  }
  if (error instanceof StoreError) {
    const message = `the store is not available${causeOf(error)}; try again later`;
    return new SecretError({ reason: "STORE_UNAVAILABLE", message });
  }
  if (error instanceof IntegrityError) {
    return new SecretError({ reason: "INTEGRITY", message: "stored data does not verify" });
  }
  return error;
}

/** What is wrong with the disk or the database, if that is known. It says nothing about what is stored. */
function causeOf(error: unknown): string {
  return error instanceof StoreError && error.fault !== undefined ? `: ${storeFaults[error.fault]}` : "";
}

export function toWireReason(reason: Reason): WireReason {
  return WireReason[reason];
}

function detailOf(failure: Failure) {
  return {
    reason: toWireReason(failure.reason),
    index: failure.index ?? 0,
    key: failure.key ?? "",
    field: failure.field ?? "",
    right: failure.right ?? "",
    limit: BigInt(failure.limit ?? 0),
    actual: BigInt(failure.actual ?? 0),
  };
}
