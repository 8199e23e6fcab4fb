import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";

/** Formats a time as `2026-01-31T12:00:00Z`, to the second, in UTC. Undefined stays undefined. */
export function timeText(time: Timestamp | undefined): string | undefined {
  return time === undefined ? undefined : `${new Date(Number(time.seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

export function timestampOf(ms: number): Pick<Timestamp, "seconds" | "nanos"> {
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

export function durationOf(seconds: number): Pick<Duration, "seconds" | "nanos"> {
  return { seconds: BigInt(seconds), nanos: 0 };
}
