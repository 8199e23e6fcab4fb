import type { SQLOutputValue } from "node:sqlite";
import { isTextList } from "./document.ts";

export type Row = Record<string, SQLOutputValue>;

export function text(value: SQLOutputValue | undefined): string {
  if (typeof value !== "string") throw new TypeError("a column is not text");
  return value;
}

export function count(value: SQLOutputValue | undefined): number {
  if (typeof value !== "number") throw new TypeError("a column is not a number");
  return value;
}

export function bytes(value: SQLOutputValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError("a column is not a blob");
  return value;
}

/** A JSON column with a list of strings. Empty when it was edited into something else, so that its MAC fails. */
export function textList(value: SQLOutputValue | undefined): readonly string[] {
  try {
    const list: unknown = JSON.parse(text(value));
    return isTextList(list) ? list : [];
  } catch {
    return [];
  }
}
