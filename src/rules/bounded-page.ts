import { limits } from "../limits.ts";

export interface BoundedPage<Row> {
  readonly rows: readonly Row[];
  /** The row to continue after; undefined at the end. */
  readonly last: Row | undefined;
}

/**
 * Reads up to `size` rows in parts, so that a page of the largest rows is not in memory as a whole. The page is shorter
 * when its rows have many texts: it ends with the row that reaches `limits.answerBytes`. `read` gets the row to
 * continue after.
 */
export async function readBoundedPage<Row>(
  size: number,
  textsOf: (row: Row) => readonly string[],
  read: (after: Row | undefined, limit: number) => Promise<readonly Row[]>,
): Promise<BoundedPage<Row>> {
  const rows: Row[] = [];
  let bytes = 0;
  for (;;) {
    const limit = Math.min(size - rows.length, limits.pageRowsInPart);
    const part = await read(rows.at(-1), limit);
    for (const row of part) {
      rows.push(row);
      for (const text of textsOf(row)) bytes += text.length + textBytes;
      bytes += rowBytes;
      if (bytes >= limits.answerBytes) return { rows, last: row };
    }
    if (part.length < limit) return { rows, last: undefined };
    if (rows.length >= size) return { rows, last: rows.at(-1) };
  }
}

/** What a row takes in a response without its lists, and each text of these in addition to its characters. */
const rowBytes = 400;
const textBytes = 20;
