import type { Document } from "mongodb";
import type { VisibleTo } from "../../store.ts";
import { secretIndexes } from "../rows/schema.ts";

export interface NamedFilter {
  readonly filter: Document;
  readonly hint: string;
}

/**
 * Selects secrets by key or id, removed ones included. What is not visible is told by the index alone, so that it costs
 * what an absent one costs. The names are checked before: nothing here but typed strings and our own operators.
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
