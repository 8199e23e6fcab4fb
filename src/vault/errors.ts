import type { Reason } from "../error.ts";
import { SecretError } from "../error.ts";
import { codeNameOf } from "../http/call/error.ts";
import type { PrefixedAnswer, PrefixRefusal } from "../http/call/prefix.ts";
import { VaultRefusal } from "./refusal.ts";

/** The status of reasons whose code does not say it. */
const statusOfReason: Readonly<Partial<Record<Reason, number>>> = {
  STALE_VERSION: 400,
  LIMIT_EXCEEDED: 400,
  QUOTA_EXCEEDED: 400,
  RATE_LIMITED: 429,
};

/** The status of each code, for reasons. */
const statusOfRefusal: Readonly<Record<string, number>> = {
  unauthenticated: 403,
  permission_denied: 403,
  not_found: 404,
  invalid_argument: 400,
  already_exists: 400,
  failed_precondition: 400,
  out_of_range: 400,
  aborted: 503,
  unavailable: 503,
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
    const headers = status === 404 ? {} : { "x-secret-svc-reason": reasonOf(error) };
    return { status, headers, text: errorText(errors), code: codeOfStatus[status] ?? "unknown" };
  }
  if (error instanceof SecretError) return answerOfReason(error, path);
  const status = statusOfCode[refusal?.code ?? ""] ?? 500;
  const text = status === 500 ? "internal error" : (refusal?.message ?? "internal error");
  return { status, text: errorText([text]), code: refusal?.code ?? "internal" };
}

function reasonOf({ status, rule }: VaultRefusal): Reason {
  if (rule === "unauthenticated") return "UNAUTHENTICATED";
  if (rule === "invalid-body") return "INVALID_BODY";
  if (rule === "limit-exceeded") return "LIMIT_EXCEEDED";
  return status === 403 ? "MISSING_RIGHT" : "INVALID_FIELD";
}

function answerOfReason(error: SecretError, path: string): PrefixedAnswer {
  const { reason } = error;
  const code = codeNameOf(error);
  const status = statusOfReason[reason] ?? statusOfRefusal[code] ?? 500;
  const { retryAfterSeconds } = error.failures[0];
  const headers = {
    // Clients take any other header of a 404 for a sign that there is something.
    ...(status === 404 ? {} : { "x-secret-svc-reason": reason }),
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
  return { status, headers, text: errorText(textsOf(error, status, path)), code };
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
