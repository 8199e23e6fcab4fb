import { stackFrames } from "./stack-frames.ts";

/** The parts of an error that may be logged. */
export interface LoggedError {
  readonly name: string;
  /** The code that the system or Node gives it, such as `ENOSPC`. */
  readonly code?: string;
  readonly message?: string;
  /** Where it was thrown, with the innermost place first. */
  readonly at: readonly string[];
  readonly cause?: LoggedError;
}

/**
 * Errors of this service, whose messages are written for operators. The messages of other errors quote what caused
 * them: parsers quote their input, Node quotes the wrong argument, drivers quote the row.
 */
const ours: ReadonlySet<string> = new Set([
  "ArgumentError",
  "AuditUnavailableError",
  "ConfigError",
  "IntegrityError",
  "IssuerFileError",
  "KeyringError",
  "KeyTextError",
  "KeysInUseError",
  "SecretError",
  "StoreError",
  "TemporaryError",
  "WatchPositionError",
]);

const codeForm = /^[A-Z][A-Z0-9_]{1,63}$/;
const causesMax = 5;

/** What may be logged of an error and of its causes, up to `causesMax` of them. */
export function describeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { name: "something that is not an error was thrown", at: [] };
  const code = "code" in error && typeof error.code === "string" && codeForm.test(error.code) ? error.code : undefined;
  const message = messageOf(error, code);
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    at: stackFrames(error),
    ...(error.cause === undefined || depth === causesMax ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Undefined when the message could quote data. */
function messageOf(error: Error, code: string | undefined): string | undefined {
  // Messages of the operating system contain only the call and the file.
  if (ours.has(error.name) || (code !== undefined && "syscall" in error)) return error.message;
  // SQLite's full message may name more than its fixed text for the result code.
  if (!("errcode" in error && "errstr" in error)) return undefined;
  const { errcode, errstr } = error;
  return typeof errcode === "number" && typeof errstr === "string" ? `${errstr} (SQLite ${errcode})` : undefined;
}

/** The same as lines of text: each error, then its stack, then its cause. */
export function describeErrorAsText(error: unknown): string {
  const lines: string[] = [];
  for (let each: LoggedError | undefined = describeError(error); each !== undefined; each = each.cause) {
    const { name, code, message, at } = each;
    const label = `${lines.length === 0 ? "" : "  caused by "}${name}${code === undefined ? "" : ` ${code}`}`;
    lines.push(message === undefined ? label : `${label}: ${message}`, ...at.map((place) => `    at ${place}`));
  }
  return lines.join("\n");
}
