import { compareBytes } from "../text/byte-order.ts";

/**
 * Keys from `from` (inclusive) to `to` (exclusive) in byte order. `glob` selects some of them; undefined selects all.
 */
export interface KeyRange {
  readonly from: string;
  readonly to: string;
  readonly glob: string | undefined;
}

/** Sorts after anything that can follow a prefix. */
export const highest = "\u{10ffff}";

/**
 * The narrowest range of keys that start with `prefix`, match `glob` and come after `after`; undefined when no key can
 * be in it. The literal head of a glob is also a prefix, so a glob such as `dev/*` costs no scan at all.
 */
export function keyRange(prefix: string, glob: string | undefined, after: string): KeyRange | undefined {
  const star = glob === undefined ? 0 : glob.indexOf("*");
  const head = glob === undefined ? "" : star < 0 ? glob : glob.slice(0, star);
  if (!head.startsWith(prefix) && !prefix.startsWith(head)) return undefined;
  const start = head.length > prefix.length ? head : prefix;
  const pattern = glob === undefined || glob === `${head}*` ? undefined : glob;
  // No key contains a NUL, so this is the first key after `after`.
  const next = after === "" ? "" : `${after}\0`;
  const from = compareBytes(start, next) < 0 ? next : start;
  return { from, to: start + highest, glob: pattern };
}
