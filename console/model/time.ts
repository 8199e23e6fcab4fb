const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
export const day = 24 * hour;

const units: readonly (readonly [ms: number, one: string])[] = [
  [365 * day, "year"],
  [30 * day, "month"],
  [day, "day"],
  [hour, "hour"],
  [minute, "min."],
];

/** Up to this many days a time is in days: "in 9 days", never "next week". */
const inDays = 90;

/** A time as people say it: "6 min. ago", "in 9 days". Both in ms since 1970. */
export function relative(ms: number, now: number): string {
  const distance = Math.abs(ms - now);
  if (distance < minute) return ms <= now ? "just now" : "in a moment";
  const text = lengthOf(distance);
  return ms <= now ? `${text} ago` : `in ${text}`;
}

/** A duration in its largest unit: "9 days", "1 hour". Rounded down, so that "in 1 day" is never less than a day. */
export function lengthOf(ms: number): string {
  if (ms < minute) return "less than a minute";
  const [size, name] = units.find(([unit]) => ms >= unit && !(unit > day && ms < (inDays + 1) * day)) ?? [
    minute,
    "min.",
  ];
  const count = Math.floor(ms / size);
  return `${count} ${name}${count === 1 || name.endsWith(".") ? "" : "s"}`;
}

/** When a value is due for rotation. The service has checked the interval, such as `180d`. */
export function rotationMs(valueChangedMs: number, interval: string): number {
  return valueChangedMs + Number.parseInt(interval, 10) * (interval.endsWith("h") ? hour : day);
}

/** The exact time, for titles: `2026-12-08 23:59:59 UTC`. */
export function exact(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
