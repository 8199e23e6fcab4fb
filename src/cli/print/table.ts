import { escapeForDisplay } from "./escape.ts";

const gap = 2;
/** Columns are not made narrower than this. */
const narrowest = 8;

/**
 * Aligned columns, two spaces apart, by default with a header line. An empty cell becomes `-`, so that every line has
 * the same number of columns for `awk`. With a `width`, which only terminals have, the widest columns are cut until a
 * line fits.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  withHeader = true,
  width?: number,
): string {
  const shown = (withHeader ? [header, ...rows] : rows).map((row) => row.map((cell) => escapeForDisplay(cell) || "-"));
  const needed = header.map((_, column) =>
    shown.reduce((most, row) => Math.max(most, [...(row[column] ?? "")].length), 0),
  );
  const widths = width === undefined ? needed : fitWidths(needed, width);
  return shown
    .map(
      (row) =>
        `${row
          .map((cell, i) => pad(cut(cell, widths[i] ?? 0), widths[i] ?? 0))
          .join(" ".repeat(gap))
          .trimEnd()}\n`,
    )
    .join("");
}

/** Takes from the widest column until all fit, or all are as narrow as they may be. */
function fitWidths(needed: readonly number[], width: number): number[] {
  const widths = [...needed];
  const isTooWide = () => widths.reduce((sum, each) => sum + each + gap, -gap) > width;
  while (isTooWide()) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

function cut(cell: string, width: number): string {
  const characters = [...cell];
  return characters.length <= width ? cell : `${characters.slice(0, Math.max(0, width - 1)).join("")}…`;
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - [...cell].length));
}
