import type { Document } from "mongodb";
import type { KeyRange } from "../../key-range.ts";
import type { SecretPageQuery } from "../../secret-store.ts";
import { secretIndexes } from "../rows/schema.ts";

/** Whose secrets, and which of them, without a range of keys. */
export type NamesQuery = Pick<SecretPageQuery, "tenant" | "visibleTo" | "right" | "removed">;

/**
 * Ranges that MongoDB merges in the order of the index. With more it would read and sort everything that is visible.
 */
const identitiesAtOnce = 100;

/**
 * Identities of whom each has a query of its own for names. MongoDB answers one from the index alone, and is twice as
 * slow as soon as it merges two: every further one costs about half of what it saves.
 */
const identitiesApart = 4;

export interface RangeFilter {
  readonly filter: Document;
  readonly hint: string;
}

/** The same for names, whose queries need not read a secret. */
export function nameFilters(query: NamesQuery, range: KeyRange): RangeFilter[] {
  const { visibleTo } = query;
  const isFew = visibleTo !== "everyone" && new Set(visibleTo).size <= identitiesApart;
  return filtersOf(query, range, isFew ? 1 : identitiesAtOnce);
}

/** Selects a range for every hundred identities. */
export function rangeFilters(query: NamesQuery, range: KeyRange): RangeFilter[] {
  return filtersOf(query, range, identitiesAtOnce);
}

function filtersOf(query: NamesQuery, range: KeyRange, together: number): RangeFilter[] {
  const { hint, field } = indexFor(query);
  const common = { tenant: { $eq: query.tenant }, removed: { $eq: query.removed === true } };
  const key = { $gte: range.from, $lt: range.to };
  if (query.visibleTo === "everyone") return [{ filter: { ...common, key }, hint }];
  const identities = [...new Set(query.visibleTo)];
  const filters: RangeFilter[] = [];
  for (let at = 0; at < identities.length; at += together) {
    const some = identities.slice(at, at + together);
    filters.push({ filter: { ...common, [field]: { $in: some }, key }, hint });
  }
  return filters;
}

/** The index whose order is that of the keys that these identities may see. */
export function indexFor(query: Pick<SecretPageQuery, "visibleTo" | "right">): {
  hint: string;
  field: "visibleTo" | "readers";
} {
  if (query.visibleTo === "everyone") return { hint: secretIndexes.live.name, field: "visibleTo" };
  if (query.right === "read") return { hint: secretIndexes.readable.name, field: "readers" };
  return { hint: secretIndexes.visible.name, field: "visibleTo" };
}
