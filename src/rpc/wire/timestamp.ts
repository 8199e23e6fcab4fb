import type { Timestamp } from "@bufbuild/protobuf/wkt";

/** The last millisecond that a protobuf timestamp can represent in JSON: the end of the year 9999. */
export const lastTimestampMs = 253_402_300_799_999;

/**
 * Milliseconds since 1970 as a protobuf timestamp. Times after the last one, which only a tampered row has, become the
 * last.
 */
export function toTimestamp(time: number): Timestamp {
  const { seconds, nanos } = splitTime(time);
  return { $typeName: "google.protobuf.Timestamp", seconds: BigInt(seconds), nanos };
}

/** The seconds and nanoseconds of such a timestamp. */
export function splitTime(time: number): { readonly seconds: number; readonly nanos: number } {
  const ms = Math.min(time, lastTimestampMs);
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: (ms - seconds * 1000) * 1_000_000 };
}

/**
 * A protobuf timestamp in milliseconds, rounded down. Times before 1970 or absurdly far ahead become the nearest valid
 * time.
 */
export function fromTimestamp(timestamp: Timestamp | undefined): number | undefined {
  if (timestamp === undefined) return undefined;
  const ms = Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1_000_000);
  return Math.min(Math.max(ms, 0), Number.MAX_SAFE_INTEGER);
}
