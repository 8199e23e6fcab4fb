import { escapeForDisplay } from "./escape.ts";

/**
 * Aligned columns, two spaces apart, by default with a header line. An empty cell becomes `-`, so that every line has
 * the same number of columns for `awk`.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  withHeader = true,
): string {
  const shown = (withHeader ? [header, ...rows] : rows).map((row) => row.map((cell) => escapeForDisplay(cell) || "-"));
  const widths = header.map((_, column) =>
    shown.reduce((width, row) => Math.max(width, [...(row[column] ?? "")].length), 0),
  );
  return shown
    .map(
      (row) =>
        `${row
          .map((cell, i) => pad(cell, widths[i] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - [...cell].length));
}
