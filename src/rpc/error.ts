import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorDetailSchema, Reason as WireReason } from "../../gen/secret/v1/error_pb.ts";
import { type Failure, type Reason, SecretError } from "../secrets/error.ts";
import { limits } from "../secrets/limits.ts";

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
};

/**
 * What the caller gets to see of an error: a `SecretError` with its details, under `code` when the transport needs
 * another one than the reason's own; a `ConnectError` as it is; of anything else only that it is internal.
 */
export function toConnectError(error: unknown, code?: Code): ConnectError {
  if (error instanceof ConnectError) return error;
  if (!(error instanceof SecretError)) return new ConnectError("internal error", Code.Internal);
  const details = error.failures
    .slice(0, limits.errorDetails)
    .map((failure) => ({ desc: ErrorDetailSchema, value: create(ErrorDetailSchema, detailOf(failure)) }));
  return new ConnectError(error.message, code ?? codes[error.reason], undefined, details);
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
