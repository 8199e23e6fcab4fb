import type { KeyRange } from "../key-range.ts";
import type { SecretPageQuery } from "../secret-store.ts";
import { text } from "./column.ts";
import type { NameRow, PageStatements } from "./page-statements.ts";

/** Rows that a page with a glob reads in one query; a glob that matches often needs only a few of them. */
const scanChunk = 512;

/** Rows of the smallest chunk. */
const rowsMin = 4;

/** About how large rows are at this moment, from those that were read last. */
export interface RowSize {
  /** Bytes of a row. Never 0. */
  typical: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** As in `SecretPage`. */
  readonly next: string | undefined;
  readonly scanned: number;
}

export const emptyPage = { items: [], next: undefined, scanned: 0 };

/** How items are made of rows, and how large each is; names count as nothing. */
export interface PageItems<Row, Item> {
  readonly toItem: (row: Row) => Item;
  readonly bytesOf: (item: Item) => number;
}

/**
 * A page of what `rows` returns. One row more than the page holds is read: it shows whether there is a next page. Where
 * the page ends with the row that reaches `maxBytes`, rows are read in chunks of about that size. Mostly that is one
 * chunk.
 */
export function plainPage<Row, Item extends { readonly key: string }>(
  query: SecretPageQuery,
  range: KeyRange,
  rows: (range: KeyRange, limit: number) => readonly Row[],
  { toItem, bytesOf, rowSize }: PageItems<Row, Item> & { readonly rowSize: RowSize },
): Page<Item> {
  const limit = Math.min(query.limit, query.scanLimit);
  const { maxBytes = Number.POSITIVE_INFINITY } = query;
  const items: Item[] = [];
  let bytes = 0;
  let { from } = range;
  for (;;) {
    const chunk = Math.max(rowsMin, Math.ceil((maxBytes - bytes) / rowSize.typical));
    const wanted = Math.min(chunk, limit + 1 - items.length);
    const found = rows({ ...range, from }, wanted);
    const before = bytes;
    for (const row of found) {
      const last = items.at(-1);
      if (items.length === limit || (bytes >= maxBytes && last !== undefined)) {
        return { items, next: last?.key, scanned: items.length };
      }
      const item = toItem(row);
      items.push(item);
      bytes += bytesOf(item);
    }
    if (found.length > 0) rowSize.typical = Math.max((bytes - before) / found.length, rowSize.typical * 0.9, 1);
    const last = items.at(-1);
    if (found.length < wanted || last === undefined) return { items, next: undefined, scanned: items.length };
    from = `${last.key}\0`;
  }
}

/**
 * Walks the visible keys in chunks, in the index alone, and makes items of those that match. Stops at the scan limit,
 * or at the first match beyond the page, so that `next` is right before it.
 */
export function globPage<Item>(
  statements: PageStatements,
  query: SecretPageQuery,
  range: KeyRange,
  { toItem, bytesOf }: PageItems<NameRow, Item | undefined>,
): Page<Item> {
  const { maxBytes = Number.POSITIVE_INFINITY } = query;
  const items: Item[] = [];
  let bytes = 0;
  let last: string | undefined;
  let scanned = 0;
  let from = range.from;
  for (;;) {
    const wanted = Math.min(scanChunk, query.scanLimit - scanned + 1);
    const rows = statements.names(query, { ...range, from }, wanted);
    for (const row of rows) {
      const matches = row[2] === 1;
      const isFull = items.length === query.limit || (bytes >= maxBytes && items.length > 0);
      if (scanned === query.scanLimit || (matches && isFull)) {
        return { items, next: last, scanned };
      }
      last = text(row[0]);
      scanned += 1;
      const found = matches ? toItem(row) : undefined;
      if (found === undefined) continue;
      items.push(found);
      bytes += bytesOf(found);
    }
    if (rows.length < wanted || last === undefined) return { items, next: undefined, scanned };
    from = `${last}\0`;
  }
}
