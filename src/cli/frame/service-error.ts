import { Code, ConnectError } from "@connectrpc/connect";
import { type ErrorDetail, ErrorDetailSchema, Reason } from "../../../gen/secret/v1/error_pb.ts";
import { listOf } from "../../text/access-list-names.ts";
import { folderPattern } from "../../text/key-grammar.ts";
import { enumName } from "../print/enum-name.ts";
import { systemCode, wordsOf } from "./errors.ts";
import { failedCallOf } from "./failed-calls.ts";
import { describeProxy } from "./proxy.ts";

/** What to print about a failed call. */
export interface Report {
  readonly errors: readonly string[];
  readonly hints: readonly string[];
}

/** Finds where an item of the request came from, such as `app.yaml:12`, by its index and the path of its field. */
export type Locate = (index: number, field: string) => string | undefined;

/** Completes "KEY: …". A reason without a text does not compile. */
export const reasonTexts: Readonly<Record<Exclude<Reason, typeof Reason.UNSPECIFIED>, string>> = {
  [Reason.UNAUTHENTICATED]: "the token is not accepted",
  [Reason.INVALID_FIELD]: "breaks a rule",
  [Reason.INVALID_BODY]: "is not understood by the service",
  [Reason.CONFLICTING_FIELDS]: "is given in two ways that exclude each other",
  [Reason.DUPLICATE_ITEM]: "is named twice",
  [Reason.LIMIT_EXCEEDED]: "is over its limit",
  [Reason.CHECKSUM_MISMATCH]: "the checksum does not match",
  [Reason.NOT_A_SEALED_VALUE]: "is not a sealed value that this service opens",
  [Reason.INVALID_PAGE_TOKEN]: "the page token is not of this list",
  [Reason.MISSING_RIGHT]: "you lack a right",
  [Reason.FOREIGN_PREFIX]: "you may not create this key",
  [Reason.ADMIN_ONLY]: "only an admin may do this",
  [Reason.OPERATOR_ONLY]: "only an operator may do this",
  [Reason.NOT_GRANTED]: "the token is not granted this",
  [Reason.NOT_FOUND]: "does not exist, or you may not see it",
  [Reason.STALE_VERSION]: "is at another version",
  [Reason.CONTENTION]: "others repeatedly changed it",
  [Reason.IDEMPOTENCY_KEY_REUSED]: "the idempotency key was used for another request",
  [Reason.INTEGRITY]: "the stored document does not verify",
  [Reason.AUDIT_UNAVAILABLE]: "the audit log is not available",
  [Reason.STORE_UNAVAILABLE]: "the store is not available",
  [Reason.OUTCOME_UNKNOWN]: "it is not known whether it was changed",
  [Reason.NAME_TAKEN]: "the name is taken",
  [Reason.LAST_ADMIN]: "is the last admin of the tenant",
  [Reason.NO_SEALING_KEY]: "the service has no sealing key",
  [Reason.ISSUER_UNAVAILABLE]: "the issuer of the token cannot be asked for its keys",
  [Reason.RATE_LIMITED]: "there were too many calls",
  [Reason.IN_USE]: "is still in use",
  [Reason.START_OVER]: "changes since then are not known any more",
  [Reason.LOGIN_PENDING]: "the login is not approved yet",
  [Reason.SLOW_DOWN]: "was asked for too soon",
  [Reason.LOGIN_DENIED]: "the login was refused",
  [Reason.LOGIN_EXPIRED]: "took too long, or was used already",
  [Reason.MANAGED_BY_LOGIN]: "comes from the login provider",
  [Reason.NOT_A_USER]: "needs a user of the service",
  [Reason.LOGIN_UNAVAILABLE]: "is not available for signing in",
  [Reason.QUOTA_EXCEEDED]: "would exceed a quota",
};

/** Describes a failed call; undefined when the error is not from a call. Never holds a value or a token. */
export function describeServiceError(error: unknown, url: string, locate?: Locate): Report | undefined {
  if (!(error instanceof ConnectError)) return undefined;
  const details = error.findDetails(ErrorDetailSchema);
  const [first, ...rest] = details;
  if (first === undefined) return describeConnection(error, url);
  const hints = new Set(
    [...details.map((detail) => hintFor(detail, error.rawMessage)), sealingHint(details)].filter(
      (hint) => hint !== undefined,
    ),
  );
  const message = forPeople(error.rawMessage, first.reason);
  if (rest.length === 0) return { errors: [withPlace(message, first, locate)], hints: [...hints] };
  return { errors: [message, ...details.map((detail) => describeDetail(detail, locate))], hints: [...hints] };
}

/** Without paths of a request, which the user has not written, and without advice for programs. */
function forPeople(message: string, reason: Reason): string {
  const text =
    reason === Reason.UNAUTHENTICATED
      ? message.replace(/; send the header .*$/s, "")
      : message.replace(/ is at version \d+, not at version 0: it exists already$/, " exists already");
  return text.replace(/\b(?:users|secrets|grants|remove|permits|items)\[\d+\]\.(\w+)(?:\[\d+\])?/g, "$1");
}

/** The reason of a failed call, such as `LOGIN_PENDING`; undefined when the error is not from a call, or has none. */
export function reasonOf(error: unknown): string | undefined {
  const [first] = error instanceof ConnectError ? error.findDetails(ErrorDetailSchema) : [];
  return first === undefined ? undefined : enumName(Reason, first.reason);
}

/** Whether the service did not accept the token. */
export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.Unauthenticated;
}

/** With these reasons the field is one of the request, which the user has not written, and says nothing more. */
const isOfRequest: ReadonlySet<Reason> = new Set([
  Reason.NOT_FOUND,
  Reason.STALE_VERSION,
  Reason.NOT_GRANTED,
  Reason.MISSING_RIGHT,
  Reason.FOREIGN_PREFIX,
]);

function withPlace(message: string, detail: ErrorDetail, locate: Locate | undefined): string {
  const field = fieldName(detail);
  const missing = [
    locate?.(detail.index, detail.field),
    detail.key !== "" && !message.includes(detail.key) ? `key ${detail.key}` : undefined,
    field !== undefined && !isOfRequest.has(detail.reason) && !message.includes(field) ? `field ${field}` : undefined,
    detail.right !== "" && !message.includes(detail.right) ? `right ${detail.right}` : undefined,
  ].filter((part) => part !== undefined);
  return missing.length === 0 ? message : `${message} (${missing.join(", ")})`;
}

function describeDetail(detail: ErrorDetail, locate: Locate | undefined): string {
  const about = [
    fieldName(detail) === undefined ? undefined : `field ${fieldName(detail)}`,
    detail.right === "" ? undefined : `right ${detail.right}`,
    detail.limit === 0n ? undefined : `${detail.actual} of at most ${detail.limit}`,
    locate?.(detail.index, detail.field),
  ].filter((part) => part !== undefined);
  // A newer service may send a reason that this program does not know.
  const text = (reasonTexts as Readonly<Record<number, string>>)[detail.reason] ?? "is refused";
  return `${detail.key || `item ${detail.index + 1}`}: ${text}${about.length === 0 ? "" : ` (${about.join(", ")})`}`;
}

/** `readers` of `secrets[2].readers`; undefined for the whole item, which the message names anyway. */
function fieldName({ field }: ErrorDetail): string | undefined {
  const name = field.slice(field.lastIndexOf(".") + 1);
  return name === "" || (name === field && field.endsWith("]")) ? undefined : name.replace(/\[\d+\]$/, "");
}

function hintFor(detail: ErrorDetail, message: string): string | undefined {
  switch (detail.reason) {
    case Reason.UNAUTHENTICATED:
      if (/expired|revoked/.test(message))
        return "a new one: `oo token create`, with another token of yours, or from an admin";
      return "is it from this service? OO_URL and OO_TOKEN or --token-file must belong together";
    case Reason.MISSING_RIGHT: {
      const list = listOf(detail.right);
      return (
        list &&
        `ask the owner of ${detail.key || "the secret"} or an admin to add you, or one of your roles, to its ${list}`
      );
    }
    case Reason.FOREIGN_PREFIX:
      return `an admin can permit it: oo permit save NAME '${folderPattern(detail.key)}', with your slug or a role of yours`;
    case Reason.ADMIN_ONLY:
    case Reason.OPERATOR_ONLY:
      return "`oo user whoami` shows who you are and what you may do";
    case Reason.NOT_GRANTED:
      return "the token is narrowed: `oo user whoami` shows its grants";
    case Reason.NOT_FOUND:
      if (/\bpermit\b/.test(message)) return "`oo permit list` shows the permits";
      if (/\buser\b/.test(message)) return "`oo user list` shows the users";
      if (/\btoken\b/.test(message)) return "`oo token list` shows the tokens";
      if (/\bchain\b/.test(message)) return "`oo audit verify` names the chains that have no end";
      if (/\bversion\b/.test(message)) return "`oo secret history KEY` shows what is retained";
      return "`oo secret list` shows what you can see";
    case Reason.QUOTA_EXCEEDED:
      return "`oo user whoami` shows what you have and may have";
    case Reason.STALE_VERSION:
      if (message.includes("it exists already")) return "another secret has this key: look at it with `oo secret list`";
      return "someone else changed it first: look at it with `oo secret list`, then try again";
    case Reason.NAME_TAKEN:
      return "--reuse takes the slug of a removed user; the name of a role, the slug of another user and a token issuer's prefix cannot be taken";
    case Reason.CONTENTION:
    case Reason.STORE_UNAVAILABLE:
    case Reason.AUDIT_UNAVAILABLE:
      return "nothing was done; try again";
    case Reason.OUTCOME_UNKNOWN:
      return "the change may or may not have been made: look with `oo secret list` before you try again";
    case Reason.INTEGRITY:
      return "the document was changed outside the service: restore it from a backup";
    default:
      return undefined;
  }
}

/** A sealed value opens for one key only, so there is one command for each of them. */
function sealingHint(details: readonly ErrorDetail[]): string | undefined {
  const keys = details.flatMap(({ reason, key }) => (reason === Reason.NOT_A_SEALED_VALUE && key !== "" ? [key] : []));
  const [first, ...rest] = keys;
  if (first === undefined) return undefined;
  return rest.length === 0
    ? `seal the value for its key: oo secret encrypt ${first}`
    : "seal each value for its own key: oo secret encrypt KEY";
}

/** How to give the CLI a token. */
export const tokenHint = "set OO_TOKEN or use --token-file: export OO_TOKEN=$(cat data/admin.token)";

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host name cannot be resolved at the moment",
  ETIMEDOUT: "no answer",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
};

const maybeChanged = "a change may or may not have been made: look with `oo secret list` before you try again";

function describeConnection(error: ConnectError, url: string): Report {
  const code = systemCode(error.cause);
  const { isRead = false, proxy } = failedCallOf(error) ?? {};
  const why = code === undefined ? undefined : unreachable[code];
  const unsure = isRead ? [] : [maybeChanged];
  const isTls = url.startsWith("http://") ? ["if the service uses TLS, its address begins with https://"] : [];
  if (proxy !== undefined && code !== undefined) {
    const hint = "check HTTPS_PROXY (or HTTP_PROXY); hosts in NO_PROXY are reached without it";
    const through = `cannot reach the service at ${url} through the proxy ${describeProxy(proxy)}`;
    return { errors: [`${through}: ${why ?? wordsOf(code)}`], hints: [hint, ...(why === undefined ? unsure : [])] };
  }
  if (why !== undefined) {
    const hint = "start the service (`npm start` or `secret-svc serve`), or set OO_URL to its address";
    return { errors: [`cannot reach the service at ${url}: ${why}`], hints: [hint] };
  }
  if (code === "ECONNRESET" || code === "EPIPE") {
    return { errors: [`the connection to ${url} broke`], hints: [...isTls, ...unsure] };
  }
  if (code !== undefined) {
    const hint = "check OO_URL, its http:// or https://, and NODE_EXTRA_CA_CERTS for a private certificate authority";
    return { errors: [`cannot talk to the service at ${url}: ${wordsOf(code)}`], hints: [hint] };
  }
  switch (error.code) {
    case Code.Unauthenticated:
      // The start of a stream is refused with a status alone.
      return { errors: ["the service does not accept the token"], hints: [tokenHint] };
    case Code.DeadlineExceeded:
      return { errors: [`the service at ${url} did not answer in time`], hints: unsure };
    case Code.Unimplemented:
    case Code.Unknown:
      return {
        errors: [`${url} does not answer like this service: ${error.rawMessage}`],
        hints: ["check OO_URL", ...isTls],
      };
    default:
      return { errors: [error.rawMessage], hints: [] };
  }
}
