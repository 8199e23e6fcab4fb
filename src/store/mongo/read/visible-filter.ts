import type { Document } from "mongodb";
import type { VisibleTo } from "../../secret-store.ts";
import { secretIndexes } from "../rows/schema.ts";

export interface NamedFilter {
  readonly filter: Document;
  readonly hint: string;
}

/**
 * Selects secrets by key or id, including removed ones. The index alone shows that a secret is not visible, so that it
 * costs as much as one that does not exist. The names are checked before: the filter has only typed strings and our own
 * operators.
 */
export function visibleFilter(options: {
  readonly tenant: string;
  readonly visibleTo: VisibleTo;
  readonly names: readonly string[];
  readonly by: "key" | "id";
}): NamedFilter {
  const { tenant, visibleTo, names, by } = options;
  const named = { [by]: { $in: names } };
  if (visibleTo === "everyone") {
    const index = by === "key" ? secretIndexes.byKey : secretIndexes.byId;
    return { filter: { tenant: { $eq: tenant }, ...named }, hint: index.name };
  }
  const index = by === "key" ? secretIndexes.visible : secretIndexes.visibleId;
  const seen = { removed: { $in: [false, true] }, visibleTo: { $in: visibleTo } };
  return { filter: { tenant: { $eq: tenant }, ...seen, ...named }, hint: index.name };
}
