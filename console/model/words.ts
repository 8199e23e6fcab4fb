/** What the service says about a refused call, without its transport. */
export interface Refusal {
  /** As Connect writes it, such as `permission_denied`. */
  readonly code: string;
  readonly message: string;
  /** The reason of the first detail, such as `STALE_VERSION`. Empty when there is no detail. */
  readonly reason: string;
  readonly details: readonly Detail[];
}

export interface Detail {
  readonly reason: string;
  readonly index: number;
  readonly key: string;
  readonly field: string;
  readonly limit: number;
  readonly actual: number;
}

/** A problem as the page shows it. */
export interface Problem {
  readonly reason: string;
  readonly sentence: string;
  /** What would help. */
  readonly help: string | undefined;
  /** Whether the same call may succeed if it is repeated. */
  readonly isTemporary: boolean;
  readonly details: readonly Detail[];
}

/** The same words for both, so that the page never reveals which it is. */
export const missingSecret = "There is no such secret, or none that you may know of.";

const known: Readonly<Record<string, { sentence?: string; help?: string; isTemporary?: boolean }>> = {
  NOT_FOUND: { sentence: missingSecret },
  STALE_VERSION: { sentence: "Someone else has saved it in the meantime.", help: "Continue from the newer version." },
  CONTENTION: { sentence: "Many others are changing this right now. Nothing was changed.", isTemporary: true },
  AUDIT_UNAVAILABLE: {
    sentence: "The audit log cannot be written. Nothing was shown or changed.",
    isTemporary: true,
  },
  STORE_UNAVAILABLE: { sentence: "The service cannot reach its store. Nothing was changed.", isTemporary: true },
  OUTCOME_UNKNOWN: {
    sentence: "It may or may not have been stored.",
    help: "Repeat it: the same change is never made twice.",
    isTemporary: true,
  },
  NOT_GRANTED: { help: "This session is narrowed. Sign in without limits to do it." },
  ADMIN_ONLY: { help: "Ask an admin of your tenant." },
  OPERATOR_ONLY: { help: "Ask an operator of the service." },
  INTEGRITY: {
    sentence: "What is stored does not verify: it was changed outside the service.",
    help: "An operator finds the cause with “Verify the log” on the page Audit.",
  },
  IDEMPOTENCY_KEY_REUSED: { sentence: "This dialog has already stored something else.", help: "Open it again." },
  RATE_LIMITED: { help: "Wait a moment, then try again.", isTemporary: true },
  QUOTA_EXCEEDED: { help: "Remove something, or ask an operator for more." },
  UNAUTHENTICATED: { sentence: "Your session is over.", help: "Sign in again." },
};

/** A refusal in words: the sentence of the service where it has one, and what would help. */
export function problemOf({ code, message, reason, details }: Refusal): Problem {
  const words = known[reason] ?? {};
  if (reason === "" && (code === "unavailable" || code === "deadline_exceeded")) {
    return {
      reason: "UNREACHABLE",
      sentence: "The service does not answer.",
      help: undefined,
      isTemporary: true,
      details,
    };
  }
  return {
    reason: reason === "" ? code.toUpperCase() : reason,
    sentence: words.sentence ?? sentenceOf(message) + sizes(details),
    help: words.help,
    isTemporary: words.isTemporary ?? false,
    details,
  };
}

/** Of a call that changes something: where no answer came, the change may have been made. */
export function problemOfSave(problem: Problem): Problem {
  if (problem.reason !== "UNREACHABLE") return problem;
  const { details } = problem;
  return problemOf({ code: "unknown", message: "", reason: "OUTCOME_UNKNOWN", details });
}

/** The limit and the actual size, when the message does not have them already. */
function sizes(details: readonly Detail[]): string {
  const over = details.find(({ limit, actual }) => limit > 0 && actual > 0);
  return over === undefined ? "" : ` It is ${over.actual} of at most ${over.limit}.`;
}

/** A message of the service as a sentence: a capital at its beginning, a full stop at its end. */
export function sentenceOf(message: string): string {
  const text = message.trim();
  if (text === "") return "The service refused this without a reason.";
  return `${text[0]?.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** "1 secret", "20,000 secrets". */
export function countOf(count: number, one: string, several = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : several}`;
}

/** As `countOf`, with a word for none. */
export function countOrNo(count: number, one: string, several = `${one}s`): string {
  return count === 0 ? `No ${several}` : countOf(count, one, several);
}

/** The words for a call about one thing: its place in a list says nothing. */
export function problemOfOne(problem: Problem): Problem {
  const sentence = sentenceOf(problem.sentence.replace(/^\w+\[0\]\.(?=\w)/, ""));
  return { ...problem, sentence };
}

/** A number with a comma between thousands, the same in every browser. */
export function numberText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Names of lists as they are in sentences. */
export const listWords: Readonly<Record<string, string>> = {
  readers: "Readers",
  writers: "Writers",
  deleters: "Deleters",
  canChangeReaders: "Who may change readers",
  canChangeWriters: "Who may change writers",
  canChangeDeleters: "Who may change deleters",
  value: "Value",
  metadata: "Metadata",
  owner: "Owner",
};

export function fieldInWords(field: string): string {
  return listWords[field] ?? field;
}
