import { badRequest } from "./refusal.ts";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const form = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h|d))+$/;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/**
 * A number of seconds, or a text such as `90s`, `1.5h` or `1h30m`. Undefined when it is absent or zero. Throws
 * `VaultRefusal`.
 */
export function readDurationMs(raw: string | undefined, name: string): number | undefined {
  if (raw === undefined || raw === "null") return undefined;
  const text = raw.startsWith('"') ? String(JSON.parse(raw)) : raw;
  if (text === "") return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text) * 1000 || undefined;
  if (!form.test(text)) throw badRequest(`${name} must be a duration such as 90s or 1h30m`);
  let ms = 0;
  for (const [, number, unit = ""] of text.matchAll(part)) ms += Number(number) * (unitMs[unit] ?? 0);
  return Math.round(ms) || undefined;
}
