import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import { encodeCanonical } from "../crypto/canonical.ts";
import { decodeCanonical } from "../crypto/decode-canonical.ts";
import { decodeAuditRecord } from "./decode-record.ts";
import type { ChainedRecord } from "./record.ts";

/** Where the records of a segment continue their chain. */
export interface SegmentStart {
  readonly chain: string;
  readonly startedAtMs: number;
  /** The MAC under which the start of the chain is registered. */
  readonly startMac: Uint8Array;
  /** The position of the last record before this segment; 0 when there is none. */
  readonly position: number;
  /** The MAC of that record, or of the start of the chain. */
  readonly mac: Uint8Array;
}

export interface ReadSegment {
  readonly start: SegmentStart;
  /** Those that are whole, and follow each other in the chain. */
  readonly records: readonly ChainedRecord[];
  /** Bytes at the end that are not of a whole record. */
  readonly cutBytes: number;
}

const label = "secret-svc/access-journal/v1";
const macBytes = 32;
const prefixBytes = 4 + macBytes;

/** A frame is the length of its content, a MAC, and the content. The first frame of a segment is its start. */
function frame(mac: Uint8Array, content: Uint8Array): readonly Uint8Array[] {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(content.length);
  return [length, mac, content];
}

export function encodeStart(auditKey: KeyObject, start: SegmentStart): Buffer {
  const { chain, startedAtMs, startMac, position, mac } = start;
  const content = encodeCanonical(label, [chain, startedAtMs, startMac, position, mac]);
  return Buffer.concat(frame(hmac(auditKey, content), content));
}

/** `encoded` has the bytes that each record authenticates. */
export function encodeFrames(records: readonly ChainedRecord[], encoded: readonly Buffer[]): Buffer {
  return Buffer.concat(records.flatMap(({ mac }, at) => frame(mac, encoded[at] ?? new Uint8Array(0))));
}

/**
 * Reads a segment as far as it verifies under the audit key. Undefined when its start does not: it is of another store,
 * or the start was not written whole.
 */
export function readSegment(auditKey: KeyObject, bytes: Buffer): ReadSegment | undefined {
  const first = frameAt(bytes, 0);
  const start = first && isSame(hmac(auditKey, first.content), first.mac) ? decodeStart(first.content) : undefined;
  if (first === undefined || start === undefined) return undefined;
  const records: ChainedRecord[] = [];
  let previous = start.mac;
  let { end } = first;
  for (let next = frameAt(bytes, end); next !== undefined; next = frameAt(bytes, end)) {
    const { mac, content } = next;
    const record = isSame(hmac(auditKey, previous, content), mac) ? decodeAuditRecord(content) : undefined;
    const isNext = record?.chain === start.chain && record.position === start.position + records.length + 1;
    if (record === undefined || !isNext) break;
    records.push({ ...record, mac });
    previous = mac;
    end = next.end;
  }
  return { start, records, cutBytes: bytes.length - end };
}

function frameAt(bytes: Buffer, at: number) {
  const from = at + prefixBytes;
  if (from > bytes.length) return undefined;
  const end = from + bytes.readUInt32BE(at);
  if (end > bytes.length) return undefined;
  return { mac: bytes.subarray(at + 4, from), content: bytes.subarray(from, end), end };
}

function decodeStart(content: Buffer): SegmentStart | undefined {
  const fields = decodeCanonical(label, content, ["text", "number", "bytes", "number", "bytes"]);
  if (fields === undefined) return undefined;
  const [chain, startedAtMs, startMac, position, mac] = fields as [string, number, Buffer, number, Buffer];
  return { chain, startedAtMs, startMac, position, mac };
}

function hmac(key: KeyObject, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
