import type { Reason } from "../error.ts";
import { SecretError } from "../error.ts";
import { codeNameOf } from "../http/call/error.ts";
import type { PrefixedAnswer, PrefixRefusal } from "../http/call/prefix.ts";
import { VaultRefusal } from "./refusal.ts";

/** The status of each reason. A reason without a row does not compile. */
const statuses: Readonly<Record<Reason, number>> = {
  UNAUTHENTICATED: 403,
  INVALID_FIELD: 400,
  INVALID_BODY: 400,
  CONFLICTING_FIELDS: 400,
  DUPLICATE_ITEM: 400,
  LIMIT_EXCEEDED: 400,
  CHECKSUM_MISMATCH: 400,
  NOT_A_SEALED_VALUE: 400,
  INVALID_PAGE_TOKEN: 400,
  MISSING_RIGHT: 403,
  FOREIGN_PREFIX: 403,
  ADMIN_ONLY: 403,
  OPERATOR_ONLY: 403,
  NOT_GRANTED: 403,
  NOT_FOUND: 404,
  STALE_VERSION: 400,
  CONTENTION: 503,
  IDEMPOTENCY_KEY_REUSED: 400,
  INTEGRITY: 500,
  AUDIT_UNAVAILABLE: 503,
  STORE_UNAVAILABLE: 503,
  OUTCOME_UNKNOWN: 500,
  NAME_TAKEN: 400,
  LAST_ADMIN: 400,
  NO_SEALING_KEY: 400,
  ISSUER_UNAVAILABLE: 503,
  RATE_LIMITED: 429,
  IN_USE: 400,
  START_OVER: 400,
  QUOTA_EXCEEDED: 400,
};

/** Statuses of errors that come from below, by their code. */
const statusOfCode: Readonly<Record<string, number>> = {
  resource_exhausted: 413,
  invalid_argument: 400,
  unimplemented: 415,
  deadline_exceeded: 503,
  unavailable: 503,
};

const codeOfStatus: Readonly<Record<number, string>> = {
  400: "invalid_argument",
  403: "permission_denied",
  404: "not_found",
  405: "unimplemented",
  415: "unimplemented",
};

/** The answer for an error. `path` stands for the item that messages of batches name. */
export function answerOfError(error: unknown, path: string, refusal?: PrefixRefusal): PrefixedAnswer {
  if (error instanceof VaultRefusal) {
    const { status, errors } = error;
    return { status, text: errorText(errors), code: codeOfStatus[status] ?? "unknown" };
  }
  if (error instanceof SecretError) return answerOfReason(error, path);
  const status = statusOfCode[refusal?.code ?? ""] ?? 500;
  const text = status === 500 ? "internal error" : (refusal?.message ?? "internal error");
  return { status, text: errorText([text]), code: refusal?.code ?? "internal" };
}

function answerOfReason(error: SecretError, path: string): PrefixedAnswer {
  const { reason } = error;
  const status = statuses[reason];
  const { retryAfterSeconds } = error.failures[0];
  const headers = {
    // Clients take any other header of a 404 for a sign that there is something.
    ...(status === 404 ? {} : { "x-secret-svc-reason": reason }),
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
  return { status, headers, text: errorText(textsOf(error, status, path)), code: codeNameOf(error) };
}

function textsOf({ reason, message }: SecretError, status: number, path: string): readonly string[] {
  if (status === 404) return [];
  if (status === 500) return ["internal error"];
  if (reason === "UNAUTHENTICATED") return ["permission denied"];
  if (reason === "STALE_VERSION") return ["check-and-set parameter did not match the current version"];
  const own = message.replaceAll(/\bsecrets\[0\]\.?/g, `${path} `).replaceAll("  ", " ");
  return [status === 403 ? `permission denied: ${own}` : own];
}

export function errorText(errors: readonly string[]): string {
  return `${JSON.stringify({ errors })}\n`;
}
