/** Writes one line to stderr. What it is given never holds a value, an encryption key or a token. */
export function log(level: "info" | "error", message: string, error?: unknown): void {
  process.stderr.write(`secret-svc: ${level}: ${message}${error === undefined ? "" : `: ${describeError(error)}`}\n`);
}

/** Parsers quote their input in the message of a SyntaxError, so of those only the place is told. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "something that is not an error was thrown";
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const message = error instanceof SyntaxError ? "" : ` ${error.message}`;
  const cause = error.cause === undefined ? "" : `\n  caused by ${describeError(error.cause)}`;
  return `${error.name}:${message}\n${frames.join("\n")}${cause}`;
}
