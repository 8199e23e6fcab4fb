import { forAccessLists } from "../../src/text/access-list-names.ts";
import { compareBytes } from "../../src/text/byte-order.ts";
import type { Draft, Metadata } from "./lists.ts";

/** The own changes laid over a newer version, and the metadata that both have changed. */
export interface Merged {
  readonly draft: Draft;
  /** Names of metadata that both changed, each to something else. The own text is in the draft. */
  readonly conflicts: readonly string[];
}

/**
 * Lays the changes from `begun` to `own` over `newer`: names that were added or removed, pairs that were changed. What
 * the other person changed stays. To keep the own lists as a whole would silently undo it.
 */
export function mergeDrafts(begun: Draft, own: Draft, newer: Draft): Merged {
  const lists = forAccessLists((list) => mergeNames(begun.lists[list], own.lists[list], newer.lists[list]));
  const { metadata, conflicts } = mergeMetadata(begun.metadata, own.metadata, newer.metadata);
  return { draft: { lists, metadata }, conflicts };
}

function mergeNames(begun: readonly string[], own: readonly string[], newer: readonly string[]): readonly string[] {
  const removed = new Set(begun.filter((name) => !own.includes(name)));
  const added = own.filter((name) => !begun.includes(name));
  return [...new Set([...newer.filter((name) => !removed.has(name)), ...added])].sort(compareBytes);
}

function mergeMetadata(begun: Metadata, own: Metadata, newer: Metadata) {
  const [wasAt, isAt, result] = [new Map(begun), new Map(own), new Map(newer)];
  const conflicts: string[] = [];
  for (const name of new Set([...wasAt.keys(), ...isAt.keys()])) {
    const [was, mine, theirs] = [wasAt.get(name), isAt.get(name), result.get(name)];
    if (mine === was) continue;
    if (theirs !== was && theirs !== mine) conflicts.push(name);
    if (mine === undefined) result.delete(name);
    else result.set(name, mine);
  }
  return { metadata: [...result].sort(([a], [b]) => compareBytes(a, b)), conflicts: conflicts.sort(compareBytes) };
}
