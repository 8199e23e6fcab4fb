import { Buffer } from "node:buffer";
import type { Form, Needle } from "./needles.ts";

/** A value that was found: which, in which form, and where it begins. */
export interface Match {
  readonly key: string;
  readonly form: Form;
  readonly at: number;
}

/** Looks for all needles at once in texts that come in parts. */
export interface Finder {
  /** How much of the end of a part is needed again in front of the next one. */
  readonly overlap: number;
  /**
   * The matches within the first `length` bytes that end after the first `seen` bytes. `at` counts from the first byte.
   * It stops after `most` matches.
   */
  find(bytes: Buffer, length: number, seen: number, most: number): Match[];
}

/** Every needle is at least this long, so a look at each fifth byte is enough. */
const windowBytes = 8;
const blockBytes = 4;
const shiftMax = windowBytes - blockBytes + 1;
/** Windows of one needle that are compared to find the one that is least like others. */
const windowsTried = 16;
const windowsWithin = 256;

/**
 * Makes a finder after Wu and Manber: of each needle eight bytes count, and a table says for the last four bytes in
 * sight how far the next look may be. Without it, each needle would cost a pass: with 600 secrets about 5,000.
 */
export function createFinder(needles: readonly Needle[]): Finder {
  const bits = Math.min(20, Math.max(16, Math.ceil(Math.log2(needles.length * shiftMax * 16 + 1))));
  const shifts = new Uint8Array(1 << bits).fill(shiftMax);
  const slot = (view: DataView, at: number) => Math.imul(view.getUint32(at, true), 0x9e37_79b1) >>> (32 - bits);
  const candidates = new Map<number, Candidate[]>();
  const used = new Map<string, number>();
  for (const needle of needles) {
    const offset = chooseWindow(needle.bytes, used);
    const view = viewOf(needle.bytes);
    for (let i = 0; i < shiftMax; i += 1) {
      const at = slot(view, offset + i);
      const shift = shiftMax - 1 - i;
      if (shift < (shifts[at] ?? 0)) shifts[at] = shift;
    }
    const last = slot(view, offset + shiftMax - 1);
    const others = candidates.get(last);
    const candidate = { needle, offset, first: view.getUint32(offset, true) };
    if (others === undefined) candidates.set(last, [candidate]);
    else others.push(candidate);
  }

  function find(bytes: Buffer, length: number, seen: number, most: number): Match[] {
    const found: Match[] = [];
    const view = viewOf(bytes);
    let end = windowBytes;
    while (end <= length) {
      const at = Math.imul(view.getUint32(end - blockBytes, true), 0x9e37_79b1) >>> (32 - bits);
      const shift = shifts[at] ?? 1;
      if (shift > 0) {
        end += shift;
        continue;
      }
      const first = view.getUint32(end - windowBytes, true);
      for (const candidate of candidates.get(at) ?? []) {
        if (candidate.first !== first) continue;
        const start = end - windowBytes - candidate.offset;
        if (!isAt(candidate.needle.bytes, bytes, start, length, seen)) continue;
        found.push({ key: candidate.needle.key, form: candidate.needle.form, at: start });
        if (found.length >= most) return found;
      }
      end += 1;
    }
    return found;
  }

  const longest = needles.reduce((most, { bytes }) => Math.max(most, bytes.length), windowBytes);
  return { overlap: longest - 1, find };
}

interface Candidate {
  readonly needle: Needle;
  /** Where its window begins within it. */
  readonly offset: number;
  /** The first bytes of the window; the last ones are those of the slot. */
  readonly first: number;
}

function isAt(needle: Buffer, bytes: Buffer, start: number, length: number, seen: number): boolean {
  const end = start + needle.length;
  if (start < 0 || end > length || end <= seen) return false;
  return bytes.compare(needle, 0, needle.length, start, end) === 0;
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The beginning of a needle is often that of many (`postgres://`): takes what few needles have, and files rarely. */
function chooseWindow(bytes: Buffer, used: Map<string, number>): number {
  const last = Math.min(bytes.length, windowsWithin) - windowBytes;
  const step = Math.max(1, Math.ceil(last / windowsTried));
  let best = { offset: 0, score: Number.NEGATIVE_INFINITY, text: "" };
  for (let offset = 0; offset <= last; offset += step) {
    const text = bytes.toString("latin1", offset, offset + windowBytes);
    const score = new Set(text).size - 4 * (used.get(text) ?? 0) + (/[0-9]/.test(text) ? 2 : 0);
    if (score > best.score) best = { offset, score, text };
  }
  used.set(best.text, (used.get(best.text) ?? 0) + 1);
  return best.offset;
}

const partBytes = 4 * 1024 * 1024;

/** Looks through one text after another, each in parts of any size. Its memory is one part and the overlap. */
export function createScanner(finder: Finder, most: number) {
  const buffer = Buffer.allocUnsafe(partBytes + finder.overlap);
  let held = 0;
  let seen = 0;
  let start = 0;
  let found: Match[] = [];

  function look(): void {
    const left = most - found.length;
    if (left > 0 && held > seen) {
      const matches = finder.find(buffer, held, seen, left);
      found.push(...matches.map((match) => ({ ...match, at: match.at + start })));
    }
    const again = Math.min(finder.overlap, held);
    buffer.copy(buffer, 0, held - again, held);
    start += held - again;
    held = again;
    seen = again;
  }

  return {
    /** Where the next bytes go; what was put there counts after `took`. It is never empty. */
    room(): Buffer {
      if (held === buffer.length) look();
      return buffer.subarray(held);
    },
    took(bytes: number): void {
      held += bytes;
    },
    /** Ends a text, and returns what was found in it. */
    finish(): readonly Match[] {
      look();
      const all = found;
      [held, seen, start, found] = [0, 0, 0, []];
      return all;
    },
  };
}

export type Scanner = ReturnType<typeof createScanner>;
