import type { KeyRange } from "../key-range.ts";
import type { SecretPageQuery } from "../secret-store.ts";
import type { NameRow, PageStatements } from "./page-statements.ts";
import { text } from "./row.ts";

/** Rows that a page with a glob reads in one query; a glob that matches often needs only a few of them. */
const scanChunk = 512;

export interface Page<Item> {
  readonly items: readonly Item[];
  /** As in `SecretPage`. */
  readonly next: string | undefined;
  readonly scanned: number;
}

export const emptyPage = { items: [], next: undefined, scanned: 0 };

/** A page of what `rows` returns. One row more than the page holds is read: it shows whether there is a next page. */
export function plainPage<Row, Item extends { readonly key: string }>(
  query: SecretPageQuery,
  rows: (limit: number) => readonly Row[],
  toItem: (row: Row) => Item,
): Page<Item> {
  const limit = Math.min(query.limit, query.scanLimit);
  const found = rows(limit + 1);
  const items = found.slice(0, limit).map(toItem);
  return { items, next: found.length > limit ? items.at(-1)?.key : undefined, scanned: items.length };
}

/**
 * Walks the visible keys in chunks, in the index alone, and makes items of those that match. Stops at the scan limit,
 * or at the first match beyond the page, so that `next` is right before it.
 */
export function globPage<Item>(
  statements: PageStatements,
  query: SecretPageQuery,
  range: KeyRange,
  toItem: (row: NameRow) => Item | undefined,
): Page<Item> {
  const items: Item[] = [];
  let last: string | undefined;
  let scanned = 0;
  let from = range.from;
  for (;;) {
    const wanted = Math.min(scanChunk, query.scanLimit - scanned + 1);
    const rows = statements.names(query, { ...range, from }, wanted);
    for (const row of rows) {
      const matches = row[2] === 1;
      if (scanned === query.scanLimit || (matches && items.length === query.limit)) {
        return { items, next: last, scanned };
      }
      last = text(row[0]);
      scanned += 1;
      const found = matches ? toItem(row) : undefined;
      if (found !== undefined) items.push(found);
    }
    if (rows.length < wanted || last === undefined) return { items, next: undefined, scanned };
    from = `${last}\0`;
  }
}
