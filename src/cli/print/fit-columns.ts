const gap = 2;
/** Columns are not made narrower than this. */
const narrowest = 8;
/** Of a key, that much is left before whole columns are left out. */
const shortestKey = 24;
/** A time to the minute, and only the day: these are read without a mark of what is missing. */
const timeWidths = [16, 10];
const mask = "********";
const timeForm = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
/** What a narrow terminal can do without, in this order; then what is furthest to the right. */
const spare = ["VALUE", "PEER", "RULE", "READERS", "BY", "UPDATED", "CREATED", "OWNER"];

/** A column that is shown: its place in the table, how wide it is, and how its cells are cut. */
export interface FittedColumn {
  readonly at: number;
  readonly width: number;
  readonly cut: (cell: string) => string;
}

interface Column {
  readonly at: number;
  readonly name: string;
  /** An id is of use only as a whole. */
  readonly kind: "key" | "id" | "time" | "masked" | "other";
  width: number;
}

/**
 * How the columns of a table fit into `width`. What says least gives way first: the seconds of times, long lists,
 * values that are not shown; then the beginning of keys, whose end distinguishes them; then whole columns, which a `…`
 * at the end of the header stands for.
 */
export function fitColumns(
  header: readonly string[],
  cells: readonly (readonly string[])[],
  width: number,
): { readonly columns: readonly FittedColumn[]; readonly isShort: boolean } {
  let columns = header.map((name, at) => describeColumn(name, at, cells));
  const room = () => width - (columns.length < header.length ? gap + 1 : 0);
  const isTooWide = () => columns.reduce((sum, each) => sum + each.width + gap, -gap) > room();
  const shorten = (kinds: readonly Column["kind"][], least: number) => {
    while (isTooWide()) {
      const widest = Math.max(...columns.filter(({ kind }) => kinds.includes(kind)).map((each) => each.width));
      const column = columns.findLast((each) => kinds.includes(each.kind) && each.width === widest);
      if (column === undefined || widest <= least) return;
      column.width -= 1;
    }
  };
  for (const most of timeWidths) {
    if (!isTooWide()) break;
    for (const each of columns) if (each.kind === "time") each.width = Math.min(each.width, most);
  }
  shorten(["other"], narrowest);
  if (isTooWide()) columns = columns.filter(({ kind }) => kind !== "masked");
  shorten(["key"], shortestKey);
  while (isTooWide() && columns.length > 1) columns = withoutSpare(columns);
  shorten(["key", "id", "time", "other"], 1);
  // What a column that was left out has made room for.
  const key = columns.find(({ kind }) => kind === "key");
  if (key !== undefined) {
    const used = columns.reduce((sum, each) => sum + each.width + gap, -gap);
    key.width = Math.min(describeColumn(key.name, key.at, cells).width, key.width + Math.max(0, room() - used));
  }
  return {
    columns: columns.map((each) => ({ at: each.at, width: each.width, cut: (cell) => cut(cell, each) })),
    isShort: columns.length < header.length,
  };
}

function describeColumn(name: string, at: number, rows: readonly (readonly string[])[]): Column {
  const texts = rows.map((row) => row[at] ?? "");
  const values = texts.filter((text) => text !== name && text !== "-");
  const isAll = (has: (text: string) => boolean) => values.length > 0 && values.every(has);
  const kindOf = () => {
    if (name === "KEY") return "key";
    if (name === "ID") return "id";
    if (isAll((text) => timeForm.test(text))) return "time";
    return isAll((text) => text === mask) ? "masked" : "other";
  };
  return { at, name, kind: kindOf(), width: Math.max(0, ...texts.map((text) => [...text].length)) };
}

function withoutSpare(columns: readonly Column[]): Column[] {
  const named = spare.map((name) => columns.findIndex((each) => each.name === name)).find((at) => at > 0);
  const last = columns.findLastIndex((each, at) => at > 0 && each.kind !== "key");
  const dropped = named ?? (last > 0 ? last : 0);
  return columns.filter((_, at) => at !== dropped);
}

function cut(cell: string, { kind, width }: Column): string {
  const characters = [...cell];
  if (characters.length <= width) return cell;
  if (kind === "time" && timeForm.test(cell)) return characters.slice(0, width).join("");
  const rest = Math.max(0, width - 1);
  return kind === "key"
    ? `…${characters.slice(characters.length - rest).join("")}`
    : `${characters.slice(0, rest).join("")}…`;
}
