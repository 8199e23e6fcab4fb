import { Binary, type Document } from "mongodb";

// Anyone who can write to the database can put anything anywhere, so every field that is read is checked.

/** Reads a field. Returns its value, or undefined when it is of another type. */
type Field<T> = (value: unknown) => T | undefined;

/** A reader for each field of a row. */
export type Shape<T> = { readonly [Name in keyof T]-?: Field<T[Name]> };

export const text: Field<string> = (value) => (typeof value === "string" ? value : undefined);

export const count: Field<number> = (value) => (Number.isSafeInteger(value) ? (value as number) : undefined);

export const flag: Field<boolean> = (value) => (typeof value === "boolean" ? value : undefined);

export const bytes: Field<Uint8Array> = (value) => {
  if (!(value instanceof Binary)) return undefined;
  const { buffer } = value;
  return new Uint8Array(buffer.buffer, buffer.byteOffset, value.position);
};

export const textList: Field<readonly string[]> = (value) =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string") ? value : undefined;

/** A text that is not stored when it is empty. */
export const optionalText: Field<string> = (value) => (value === undefined ? "" : text(value));

/** Bytes that are not stored when there are none. */
export const optionalBytes: Field<Uint8Array> = (value) => (value === undefined ? new Uint8Array(0) : bytes(value));

/** Pairs are stored as `{ k, v }`, so that no name is ever a field name. */
export const pairList: Field<readonly (readonly [string, string])[]> = (value) => {
  if (!Array.isArray(value)) return undefined;
  const pairs: [string, string][] = [];
  for (const entry of value) {
    const { k, v } = (entry ?? {}) as { k?: unknown; v?: unknown };
    if (typeof k !== "string" || typeof v !== "string") return undefined;
    pairs.push([k, v]);
  }
  return pairs;
};

/**
 * Reads a row. A field that does not have its type gets its value from `empty`, and so do the fields named in `proof`.
 * Without its proof the row fails verification, and the other rows are still returned.
 */
export function readRow<T extends object>(
  document: Document,
  shape: Shape<T>,
  empty: T,
  proof: readonly (keyof T)[],
): T {
  const row: Partial<T> = {};
  let isIntact = true;
  for (const name of Object.keys(shape) as (keyof T & string)[]) {
    const value = shape[name](document[name]);
    isIntact &&= value !== undefined;
    row[name] = value ?? empty[name];
  }
  if (!isIntact) for (const name of proof) row[name] = empty[name];
  return row as T;
}
