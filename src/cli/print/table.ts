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

/**
 * The same for a table whose last column holds sentences: where they do not fit, they go on in the next lines of their
 * column or, when that is too narrow, below their row. Nothing is left out.
 */
export function formatTableOfReasons(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string {
  const whole = formatTable(header, rows);
  const widest = Math.max(...whole.split("\n").map((line) => [...line].length));
  if (width === undefined || widest <= width) return whole;
  const others = formatTable(
    header.slice(0, -1),
    rows.map((row) => row.slice(0, -1)),
    true,
    width,
  ).split("\n");
  const indent = Math.max(...others.map((line) => [...line].length)) + gap;
  const hasRoom = width - indent >= narrowestReason;
  const shown = [hasRoom ? header : [], ...rows].map((row) => escapeForDisplay(row.at(-1) ?? ""));
  return shown
    .flatMap((reason, at) => {
      const start = others[at] ?? "";
      if (!hasRoom) return [start, ...wrapWords(reason, width - gap).map((line) => " ".repeat(gap) + line)];
      const [first = "", ...more] = wrapWords(reason, width - indent);
      return [pad(start, indent) + first, ...more.map((line) => " ".repeat(indent) + line)];
    })
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** A column that is narrower would have one or two words in each line. */
const narrowestReason = 24;

/** A word that is wider than a line, such as a key, stays whole. */
function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").filter((each) => each !== "")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length > 0 && [...longer].length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
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
