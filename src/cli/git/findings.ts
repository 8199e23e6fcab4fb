import type { Match } from "./find-values.ts";
import type { Form } from "./needles.ts";

/** Where a value is: in a file of a folder, or in one of a commit, or in its message. */
export interface Place {
  readonly file?: string;
  readonly commit?: string;
}

export interface Finding extends Place {
  readonly line: number;
  readonly key: string;
  readonly form: Form;
}

/** One for each line and key. `lines` are those of the matches. */
export function toFindings(place: Place, matches: readonly Match[], lines: readonly number[]): Finding[] {
  const found = new Map<string, Finding>();
  for (const [i, { key, form }] of matches.entries()) {
    const line = lines[i] ?? 0;
    const id = `${line} ${key}`;
    if (!found.has(id)) found.set(id, { ...place, line, key, form });
  }
  return [...found.values()].sort((a, b) => a.line - b.line);
}

const lineFeed = 0x0a;

/** Finds the lines of offsets in a text that comes in parts. Lines count from 1. */
export function createLineCounter(offsets: readonly number[]) {
  const order = offsets.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at);
  const lines = offsets.map(() => 1);
  let next = 0;
  let line = 1;
  let start = 0;

  function part(bytes: Buffer): void {
    let at = 0;
    for (; next < order.length; next += 1) {
      const wanted = order[next];
      if (wanted === undefined || wanted.at >= start + bytes.length) break;
      line += count(bytes, at, wanted.at - start);
      at = Math.max(at, wanted.at - start);
      lines[wanted.index] = line;
    }
    line += count(bytes, at, bytes.length);
    start += bytes.length;
  }

  return { part, lines: (): readonly number[] => lines };
}

function count(bytes: Buffer, from: number, to: number): number {
  let found = 0;
  for (let at = bytes.indexOf(lineFeed, from); at !== -1 && at < to; at = bytes.indexOf(lineFeed, at + 1)) found += 1;
  return found;
}
