import { createHmac, type KeyObject } from "node:crypto";
import { encodeCanonical } from "../crypto/canonical.ts";
import { beginsWithCanonical, type CanonicalKind, decodeCanonical } from "../crypto/decode-canonical.ts";
import { isSameBytes } from "../crypto/same-bytes.ts";
import { decodeAuditRecord, recordKinds } from "./decode-record.ts";
import { type ChainedRecord, recordLabel } from "./record.ts";

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
  /** Undefined when it does not verify. */
  readonly start: SegmentStart | undefined;
  /** Those that are whole, and follow each other in the chain. */
  readonly records: readonly ChainedRecord[];
  /** Bytes at the end that do not verify. */
  readonly cutBytes: number;
  /** `cut`: they are one frame that was not written whole, as a crash leaves it. `damaged`: no crash leaves them. */
  readonly end: "whole" | "cut" | "damaged";
}

const label = "secret-svc/access-journal/v1";
const startKinds = ["text", "number", "bytes", "number", "bytes"] as const;
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

/** Reads a segment of a chain as far as it verifies under the audit key. */
export function readSegment(auditKey: KeyObject, chain: string, bytes: Buffer): ReadSegment {
  const first = frameAt(bytes, 0);
  const start = first && isSameBytes(hmac(auditKey, first.content), first.mac) ? decodeStart(first.content) : undefined;
  if (first === undefined || start?.chain !== chain) {
    const isCut = isCutFrame(bytes, label, chain, startKinds);
    return { start: undefined, records: [], cutBytes: bytes.length, end: isCut ? "cut" : "damaged" };
  }
  const records: ChainedRecord[] = [];
  let previous = start.mac;
  let { end } = first;
  for (let next = frameAt(bytes, end); next !== undefined; next = frameAt(bytes, end)) {
    const { mac, content } = next;
    const record = isSameBytes(hmac(auditKey, previous, content), mac) ? decodeAuditRecord(content) : undefined;
    const isNext = record?.chain === chain && record.position === start.position + records.length + 1;
    if (record === undefined || !isNext) break;
    records.push({ ...record, mac });
    previous = mac;
    end = next.end;
  }
  const read = { start, records, cutBytes: bytes.length - end };
  if (read.cutBytes === 0) return { ...read, end: "whole" };
  return { ...read, end: isCutFrame(bytes.subarray(end), recordLabel, chain, recordKinds) ? "cut" : "damaged" };
}

/**
 * Whether a crash explains bytes that do not verify: one frame of which the rest is missing, or zeros, which some file
 * systems leave where data was not written yet. Anything in them that is whole was changed later.
 */
function isCutFrame(rest: Buffer, frameLabel: string, chain: string, kinds: readonly CanonicalKind[]): boolean {
  if (rest.every((byte) => byte === 0)) return true;
  if (frameAt(rest, 0) !== undefined) return false;
  const content = rest.subarray(prefixBytes);
  const begin = encodeCanonical(frameLabel, [chain]);
  const length = Math.min(begin.length, content.length);
  if (content.indexOf(begin.subarray(0, length)) !== 0) return false;
  // With a wrong length, a frame that is whole looks cut, and hides those that follow it.
  return !beginsWithCanonical(content, kinds) && content.indexOf(begin, 1) < 0;
}

function frameAt(bytes: Buffer, at: number) {
  const from = at + prefixBytes;
  if (from > bytes.length) return undefined;
  const end = from + bytes.readUInt32BE(at);
  if (end > bytes.length) return undefined;
  return { mac: bytes.subarray(at + 4, from), content: bytes.subarray(from, end), end };
}

/** The records in bytes of `encodeFrames`. For bytes of this program: nothing is verified. */
export function decodeFrames(bytes: Buffer): readonly ChainedRecord[] {
  const records: ChainedRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = frameAt(bytes, at);
    const record = next && decodeAuditRecord(next.content);
    if (next === undefined || record === undefined) throw new TypeError("these are not whole records");
    records.push({ ...record, mac: next.mac });
    at = next.end;
  }
  return records;
}

function decodeStart(content: Buffer): SegmentStart | undefined {
  const fields = decodeCanonical(label, content, startKinds);
  if (fields === undefined) return undefined;
  const [chain, startedAtMs, startMac, position, mac] = fields as [string, number, Buffer, number, Buffer];
  return { chain, startedAtMs, startMac, position, mac };
}

function hmac(key: KeyObject, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}
