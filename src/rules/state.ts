import { limits } from "../limits.ts";
import type { Metadata } from "../store/secret-rows.ts";
import { parseExpires } from "../text/expires.ts";

/** What the metadata says is due, see `stateOf`. `rotation-due`: the value is older than its rotation interval. */
export type SecretState = "active" | "expiring" | "expired" | "rotation-due";

const intervalForm = /^([1-9]\d{0,4})([dh])$/;
const dayMs = 24 * 3600 * 1000;

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
