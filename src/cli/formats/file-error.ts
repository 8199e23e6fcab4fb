import { CliError } from "./cli-error.ts";

/** The rules that a file can break. `oo secret lint` prints the rule of each complaint, and can ignore a rule. */
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

/** Where a file is wrong, and how. Line and column count from 1. The column counts UTF-16 units. */
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
