import { escapeForDisplay } from "./escape.ts";
import { type FittedColumn, fitColumns } from "./fit-columns.ts";

const gap = 2;

/**
 * Aligned columns, two spaces apart, by default with a header line. An empty cell becomes `-`, so that every line has
 * the same number of columns for `awk`. With a `width`, which only terminals have, the columns are made to fit.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  withHeader = true,
  width?: number,
): string {
  const shown = (withHeader ? [header, ...rows] : rows).map((row) => row.map((cell) => escapeForDisplay(cell) || "-"));
  const { columns, isShort } =
    width === undefined ? { columns: wholeColumns(header, shown), isShort: false } : fitColumns(header, shown, width);
  return shown
    .map((row, at) => {
      const cells = columns.map((column) => pad(column.cut(row[column.at] ?? ""), column.width));
      const marked = isShort && withHeader && at === 0 ? [...cells, "…"] : cells;
      return `${marked.join(" ".repeat(gap)).trimEnd()}\n`;
    })
    .join("");
}

function wholeColumns(header: readonly string[], rows: readonly (readonly string[])[]): FittedColumn[] {
  return header.map((_, at) => ({
    at,
    width: rows.reduce((most, row) => Math.max(most, [...(row[at] ?? "")].length), 0),
    cut: (cell) => cell,
  }));
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - [...cell].length));
}
