import { parseExpires } from "../../src/text/expires.ts";
import { day, exact } from "./time.ts";

/** What is often chosen for the end of a secret. */
export const secretSpans: readonly Span[] = [
  [30 * day, "30 days"],
  [90 * day, "90 days"],
  [365 * day, "1 year"],
];

/** What is often chosen for the end of a token. */
export const tokenSpans: readonly Span[] = [
  [day / 24, "1 hour"],
  [day / 6, "4 hours"],
  [day, "1 day"],
  [7 * day, "7 days"],
  [30 * day, "30 days"],
  [90 * day, "90 days"],
];

/** A duration, and what it is called. */
export type Span = readonly [ms: number, word: string];

/** The last minute that such a field has. */
const lastMinute = "9999-12-31T23:59";

/** A time as a field of the browser for a date and a time has it, by the clock on the wall: `2027-01-31T17:30`. */
export function localText(ms: number): string {
  if (ms >= Date.parse(`${lastMinute}Z`)) return lastMinute;
  const minutes = new Date(ms).getTimezoneOffset();
  const text = new Date(ms - minutes * 60_000).toISOString().slice(0, 16);
  return text.startsWith("+") ? lastMinute : text;
}

/** The time that such a field has. Undefined while it is not whole. */
export function msOfLocal(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The text of the metadata `expires` for a time. */
export function expiresText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** The time of the metadata `expires`. Undefined for a text that the service would refuse. */
export function expiresMs(text: string): number | undefined {
  return parseExpires(text.trim());
}

/** An end in UTC, the same wherever it is said. The end of a day is called that, and not the beginning of the next. */
export function endWords(ms: number): string {
  return ms % day === 0 ? `${exact(ms - day).slice(0, 10)}, until the end of the day (UTC)` : exact(ms);
}

/** The time zone of the browser, with its distance at that time: `Europe/Berlin, UTC+1`. */
export function zoneWords(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const distance = `UTC${minutes < 0 ? "−" : "+"}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return timeZone === "UTC" ? timeZone : `${timeZone}, ${distance}`;
}
