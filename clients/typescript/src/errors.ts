import { Code, ConnectError } from "@connectrpc/connect";
import { nameOfReason } from "./enum-name.ts";
import { ErrorDetailSchema, Reason } from "./gen/secret/v1/error_pb.ts";
import type { SecretError } from "./gen/secret/v1/secret_service_pb.ts";

/** What is wrong with one item of a request. */
export interface ErrorDetail {
  readonly reason: Reason;
  /** Position of the item in the request, from 0. */
  readonly index: number;
  readonly key: string;
  /** Path of the field. */
  readonly field: string;
  /** The right that the caller lacks. */
  readonly right: string;
  /** What was exceeded by `actual`. */
  readonly limit: number;
  readonly actual: number;
}

/** The number of details that the service puts into an error. */
const maxDetails = 20;

/** A call that failed. It never holds a value or a token. */
export class SecretServiceError extends Error {
  override readonly name = "SecretServiceError";
  readonly code: Code;
  /** That of the first detail; UNSPECIFIED when the service did not answer. */
  readonly reason: Reason;
  /** One for each failing item, the first 20 at most. */
  readonly details: readonly ErrorDetail[];

  constructor(code: Code, message: string, details: readonly ErrorDetail[] = []) {
    super(message);
    this.code = code;
    this.reason = details[0]?.reason ?? Reason.UNSPECIFIED;
    this.details = details.slice(0, maxDetails);
  }

  override toString(): string {
    const reason = this.reason === Reason.UNSPECIFIED ? "" : `, ${nameOfReason(this.reason)}`;
    return `${this.name}: ${this.message} (${Code[this.code]}${reason})`;
  }
}

/** What a failed call means, also one of generated code. */
export function errorFromCall(error: unknown): SecretServiceError {
  const failure = ConnectError.from(error);
  const details = failure.findDetails(ErrorDetailSchema).map((detail) => ({
    reason: detail.reason,
    index: detail.index,
    key: detail.key,
    field: detail.field,
    right: detail.right,
    limit: Number(detail.limit),
    actual: Number(detail.actual),
  }));
  const code = isLostConnection(failure) ? Code.Unavailable : failure.code;
  return new SecretServiceError(code, failure.rawMessage, details);
}

/** Some of the wanted keys are not there: their first positions by key. */
export function notFound(missing: ReadonlyMap<string, number>): SecretServiceError {
  const details = [...missing].map(([key, index]) => detailOf(Reason.NOT_FOUND, key, index));
  const first = details[0]?.key ?? "";
  const message =
    details.length === 1
      ? `there is no secret ${first} that you can read`
      : `there are ${details.length} secrets that do not exist or that you cannot read, the first is ${first}`;
  return new SecretServiceError(Code.NotFound, message, details);
}

/** Some stored documents do not verify. */
export function unverified(failures: readonly SecretError[]): SecretServiceError {
  const details = failures.map(({ reason, key }) => detailOf(reason, key, 0));
  return new SecretServiceError(
    Code.DataLoss,
    `the stored document of ${details[0]?.key ?? ""} cannot be shown`,
    details,
  );
}

function detailOf(reason: Reason, key: string, index: number): ErrorDetail {
  return { reason, index, key, field: "", right: "", limit: 0, actual: 0 };
}

/**
 * Connect gives these several codes; gRPC, and the other clients with it, one. Errors of Node have a code of their own,
 * those of fetch are TypeErrors, and what the service answered has no cause.
 */
function isLostConnection({ cause, code }: ConnectError): boolean {
  if (code === Code.DeadlineExceeded || code === Code.Canceled) return false;
  return cause instanceof TypeError || (cause instanceof Error && "code" in cause && typeof cause.code === "string");
}
