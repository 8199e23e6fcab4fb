import { type AccessListName, accessListNames } from "../../src/text/access-list-names.ts";
import { compareBytes } from "../../src/text/byte-order.ts";
import { type Draft, type Metadata, sameNames } from "./lists.ts";

/** The fields of a save that differ from what is stored. A field that would become empty is named in `clear`. */
export interface Delta extends Partial<Record<AccessListName, string[]>> {
  metadata?: Record<string, string>;
  clear?: string[];
}

/** What has to be sent so that the stored draft becomes the edited one. Nothing else is sent. */
export function deltaOf(stored: Draft, edited: Draft): Delta {
  const delta: Delta = {};
  const clear: string[] = [];
  for (const list of accessListNames) {
    if (sameNames(stored.lists[list], edited.lists[list])) continue;
    if (edited.lists[list].length === 0) clear.push(list);
    else delta[list] = [...edited.lists[list]].sort(compareBytes);
  }
  if (!sameMetadata(stored.metadata, edited.metadata)) {
    if (edited.metadata.length === 0) clear.push("metadata");
    else delta.metadata = Object.fromEntries(edited.metadata);
  }
  if (clear.length > 0) delta.clear = clear;
  return delta;
}

export function isEmpty(delta: Delta): boolean {
  return Object.keys(delta).length === 0;
}

/** What a store that holds the draft would hold after the delta: the meaning of a save, without its checks. */
export function applyDelta(stored: Draft, { metadata, clear = [], ...lists }: Delta): Draft {
  const next = { ...stored.lists };
  for (const list of accessListNames) {
    const changed = lists[list];
    if (changed !== undefined) next[list] = changed;
    if (clear.includes(list)) next[list] = [];
  }
  const pairs = clear.includes("metadata") ? [] : metadata === undefined ? stored.metadata : Object.entries(metadata);
  return { lists: next, metadata: pairs };
}

export function sameMetadata(one: Metadata, other: Metadata): boolean {
  if (one.length !== other.length) return false;
  const pairs = new Map(one);
  return other.every(([name, value]) => pairs.get(name) === value);
}
