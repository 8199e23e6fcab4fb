import { slugProblem } from "../rules/secret-key.ts";
import type { PlainValue } from "./claim-pattern.ts";

/** The file of issuers cannot be used. The message names the field and the rule. */
export class IssuerFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "IssuerFileError";
  }
}

/** A map in the file of issuers. */
export type Entry = Readonly<Record<string, PlainValue>>;

/** Whether a value is a map of fields, not a text or a list. */
export function isMap(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A required text. Throws `IssuerFileError`, as all functions here do. */
export function textAt(entry: Entry, field: string, path: string): string {
  const value = entry[field];
  if (typeof value === "string" && value !== "") return value;
  throw new IssuerFileError(`${path}.${field} ${value === undefined ? "is missing" : "must be a text"}`);
}

/** An optional list of texts; empty when it is left out. */
export function textsAt(entry: Entry, field: string, path: string): readonly string[] {
  const value = entry[field];
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  throw new IssuerFileError(`${path}.${field} must be a list of texts`);
}

/** Like `textAt`, but the text must have the form of a slug. */
export function slugAt(entry: Entry, field: string, path: string): string {
  const text = textAt(entry, field, path);
  checkSlug(text, `${path}.${field}`);
  return text;
}

/** `path` is where the text stands. */
export function checkSlug(text: string, path: string): void {
  const problem = slugProblem(text);
  if (problem !== undefined) throw new IssuerFileError(`${path} ${problem.rule}`);
}

const durationForm = /^([1-9]\d{0,4})([mhd])$/;
const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** In ms; `defaultMs` when the field is left out. */
export function durationAt(entry: Entry, field: string, path: string, defaultMs: number): number {
  if (entry[field] === undefined) return defaultMs;
  const match = durationForm.exec(textAt(entry, field, path));
  if (match === null) throw new IssuerFileError(`${path}.${field} must be a time such as 30m, 12h or 7d`);
  return Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs];
}
