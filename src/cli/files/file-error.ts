import { CliError } from "../frame/errors.ts";

/** What a complaint about a file is about. `oo secret lint` prints it, and can be told to leave one out. */
export const fileRules = [
  "structure",
  "key",
  "duplicate-key",
  "empty-list",
  "changer-cannot-read",
  "limit",
  "expires",
  "rotation-interval",
  "plain-value",
  "value-prefix",
  "sealed-format",
  "sealed-not-marked",
  "sealed-key",
  "sealed-tenant",
  "sealing-key",
  "checksum",
] as const;

export type FileRule = (typeof fileRules)[number];

/** Where something is wrong in a file, and what. Line and column count from 1; the column in UTF-16 units. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly rule: FileRule;
  /** Never quotes the file, which holds values. */
  readonly problem: string;
}

/** A complaint that ends the command: `app.yaml:4:3: problem`. */
export class FileError extends CliError {
  readonly complaint: Complaint;

  constructor(complaint: Complaint, hints: readonly string[] = []) {
    const { file, line, column, problem } = complaint;
    super(`${file}:${line}:${column}: ${problem}`, hints);
    this.name = "FileError";
    this.complaint = complaint;
  }
}
