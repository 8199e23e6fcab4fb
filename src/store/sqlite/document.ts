import { accessListNames, forAccessLists } from "../../text/access-list-names.ts";
import type { AccessLists, StoredSecret } from "../secret-rows.ts";

interface SecretDocument {
  readonly lists: AccessLists;
  readonly metadata: StoredSecret["metadata"];
}

/**
 * The six lists and the metadata as one JSON column. It has only arrays, in a fixed order, so no name in it can be
 * special.
 */
export function encodeDocument(lists: AccessLists, metadata: StoredSecret["metadata"]): string {
  return JSON.stringify([...accessListNames.map((name) => lists[name]), metadata]);
}

/**
 * Reads what `encodeDocument` wrote. A document that was edited into another shape reads as empty: its secret then
 * fails verification, and the other secrets of the page are still returned.
 */
export function decodeDocument(json: string): SecretDocument {
  const parts = parse(json);
  if (parts.length !== accessListNames.length + 1) return emptyDocument;
  const [readers, writers, deleters, canChangeReaders, canChangeWriters, canChangeDeleters, metadata] = parts;
  if (
    !isTextList(readers) ||
    !isTextList(writers) ||
    !isTextList(deleters) ||
    !isTextList(canChangeReaders) ||
    !isTextList(canChangeWriters) ||
    !isTextList(canChangeDeleters) ||
    !isPairList(metadata)
  ) {
    return emptyDocument;
  }
  // Field by field: every row of a page comes through here.
  return {
    lists: { readers, writers, deleters, canChangeReaders, canChangeWriters, canChangeDeleters },
    metadata,
  };
}

const emptyDocument: SecretDocument = { lists: forAccessLists(() => []), metadata: [] };

function parse(json: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(json);
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

/** True for an array that holds only strings. */
export function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

function isPairList(value: unknown): value is [string, string][] {
  return Array.isArray(value) && value.every((pair) => isTextList(pair) && pair.length === 2);
}
