import { limits } from "../limits.ts";
import type { Metadata } from "../store/secret-rows.ts";

/** What the metadata says is due, see `stateOf`. `rotation-due`: the value is older than its rotation interval. */
export type SecretState = "active" | "expiring" | "expired" | "rotation-due";

const dateForm = /^(\d{4})-(\d{2})-(\d{2})$/;
const timeForm = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
const intervalForm = /^([1-9]\d{0,4})([dh])$/;
const dayMs = 24 * 3600 * 1000;

/** The range of a timestamp in the contract. Users often write the last day for "never". */
const firstMs = Date.parse("0001-01-01T00:00:00Z");
const lastMs = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * The end of validity in ms since 1970. A date means the end of that day in UTC. Undefined when the text is malformed.
 * The range is the year 1 to the end of 9999; a later time becomes that end.
 */
export function parseExpires(text: string): number | undefined {
  const start = startOfDay(text.slice(0, 10));
  if (start === undefined) return undefined;
  if (text.length === 10) return withinRange(start + dayMs);
  return timeForm.test(text) ? withinRange(Date.parse(text.toUpperCase())) : undefined;
}

function startOfDay(date: string): number | undefined {
  const match = dateForm.exec(date);
  if (match === null) return undefined;
  const start = Date.parse(`${date}T00:00:00Z`);
  // Date.parse reads 2026-02-30 as 2 March.
  return new Date(start).getUTCDate() === Number(match[3]) ? start : undefined;
}

function withinRange(ms: number): number | undefined {
  return ms >= firstMs ? Math.min(ms, lastMs) : undefined;
}

/** A rotation interval such as `90d` or `12h`, in ms. Undefined when it is malformed. */
export function parseRotationInterval(text: string): number | undefined {
  const match = intervalForm.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (match[2] === "d" ? dayMs : dayMs / 24);
}

/** The expiry that the metadata sets, if any. */
export function expireAtOf(metadata: Metadata): number | undefined {
  const text = find(metadata, "expires");
  return text === undefined ? undefined : parseExpires(text);
}

/**
 * What is due for a secret. Expiry outranks rotation. Callers that know the expiry already pass it as `expireAt`. A
 * secret is expiring during the last `expiringMs` before it.
 */
export function stateOf(
  metadata: Metadata,
  valueChangedAtMs: number,
  nowMs: number,
  expireAt = expireAtOf(metadata),
  expiringMs: number = limits.expiringMs,
): SecretState {
  if (expireAt !== undefined && nowMs >= expireAt) return "expired";
  if (expireAt !== undefined && nowMs >= expireAt - expiringMs) return "expiring";
  const interval = find(metadata, "rotation_interval");
  const intervalMs = interval === undefined ? undefined : parseRotationInterval(interval);
  if (intervalMs !== undefined && nowMs >= valueChangedAtMs + intervalMs) return "rotation-due";
  return "active";
}

function find(metadata: Metadata, name: string): string | undefined {
  return metadata.find(([candidate]) => candidate === name)?.[1];
}
