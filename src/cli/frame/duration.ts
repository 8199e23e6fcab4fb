import { usageError } from "./errors.ts";

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const durationForm = /^([1-9][0-9]{0,8})([smhdw])$/;
const timeForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** Seconds in `90d`, `12h`, `30m`, `45s` or `2w`. Any other form is a usage error that names `option`. */
export function parseDuration(text: string, option: string): number {
  const seconds = durationSeconds(text);
  if (seconds === undefined)
    throw usageError(`${option} must be a number and one of s, m, h, d, w, such as 90d or 12h`);
  return seconds;
}

/** A moment in milliseconds since 1970. The text is RFC 3339, or a duration, which means that long before `nowMs`. */
export function parseMoment(text: string, option: string, nowMs: number): number {
  const seconds = durationSeconds(text);
  if (seconds !== undefined) return nowMs - seconds * 1000;
  const ms = timeForm.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw usageError(
      `${option} must be a time such as 2026-01-31T12:00:00Z, or a duration such as 24h (that long ago)`,
    );
  }
  return ms;
}

function durationSeconds(text: string): number | undefined {
  const match = durationForm.exec(text);
  const unit = match?.[2] as keyof typeof unitSeconds | undefined;
  return unit === undefined ? undefined : Number(match?.[1]) * unitSeconds[unit];
}
