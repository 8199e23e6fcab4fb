import type { KeyObject } from "node:crypto";
import { constants } from "node:fs";
import { join } from "node:path";
import { readBounded } from "../files/read-bounded.ts";
import { type ReadSegment, readSegment, type SegmentStart } from "./journal-segment.ts";
import type { ChainedRecord } from "./record.ts";

/** What the files of one journal hold. */
export interface ReadJournal {
  /** Of the first file whose start verifies. Undefined when there is none. */
  readonly start: SegmentStart | undefined;
  /** Those that follow each other from there. */
  readonly records: readonly ChainedRecord[];
  /** Bytes after them, in the same file, that do not verify. */
  readonly cutBytes: number;
  /** Whether more is wrong than that the last record was not written whole: records may be missing. */
  readonly isDamaged: boolean;
}

/** A segment is only a little larger than `segmentBytes` of a journal. */
const segmentBytesMax = 256 * 1024 * 1024;

/** Reads the files of a chain, which are in the order of their numbers. */
export function readJournal(auditKey: KeyObject, folder: string, chain: string, names: readonly string[]): ReadJournal {
  const segments = names.map((name) => readFile(auditKey, chain, join(folder, name)));
  while (isEmpty(segments.at(-1))) segments.pop();
  const from = segments.findIndex(({ start }) => start !== undefined);
  const start = segments[from]?.start;
  if (start === undefined) return { start, records: [], cutBytes: 0, isDamaged: segments.length > 0 };
  let isDamaged = from > 0;
  let cutBytes = 0;
  const parts: (readonly ChainedRecord[])[] = [];
  let next = start.position;
  const last = segments.at(-1);
  for (const segment of segments.slice(from)) {
    const isGap = segment.start !== undefined && segment.start.position !== next;
    if (!isGap) {
      parts.push(segment.records);
      next += segment.records.length;
      cutBytes = segment.cutBytes;
    }
    // A file is begun when the one before it is whole.
    if (!isGap && (segment.end === "whole" || (segment.end === "cut" && segment === last))) continue;
    isDamaged = true;
    break;
  }
  return { start, records: parts.flat(), cutBytes, isDamaged };
}

/** What cannot be read, or is not a file, hides what was in its place. */
function readFile(auditKey: KeyObject, chain: string, path: string): ReadSegment {
  let bytes: Buffer;
  try {
    bytes = readBounded(path, { maxBytes: segmentBytesMax, flags: constants.O_NOFOLLOW });
  } catch {
    return { start: undefined, records: [], cutBytes: 0, end: "damaged" };
  }
  return readSegment(auditKey, chain, bytes);
}

/** A machine that crashed may have left the name of a file without its content. */
function isEmpty(segment: ReadSegment | undefined): boolean {
  return segment?.start === undefined && segment?.end === "cut" && segment.cutBytes === 0;
}
