import { randomBytes } from "node:crypto";
import { encodeCanonical } from "../crypto/canonical.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { openAtRest, sealAtRest } from "../crypto/rest-envelope.ts";
import { limits } from "../limits.ts";
import type { FlowSecrets } from "./provider.ts";

/** A login that a browser has begun. It is in the browser's cookie, encrypted, so any process can finish it. */
export interface Flow extends FlowSecrets {
  /** Id of the provider. */
  readonly provider: string;
  /** Id of the login of a terminal that this one is for; "" for the browser itself. */
  readonly terminal: string;
  readonly endAtMs: number;
}

/** Tabs that log in at once. The cookie must stay small. */
const flowsMax = 4;

/** It has to come along when a provider sends the browser back. */
export const flowCookie = { sameSite: "Lax", seconds: limits.loginMs / 1000 } as const;

const associatedData = encodeCanonical("secret-svc/login-flows/v1", []);

export function newFlow(provider: string, terminal: string, nowMs: number): Flow {
  const random = () => randomBytes(32).toString("base64url");
  return { provider, terminal, state: random(), nonce: random(), verifier: random(), endAtMs: nowMs + limits.loginMs };
}

/** The value of the cookie: the new flow, and as many of the others as fit. */
export function sealFlows(keyring: Keyring, flows: readonly Flow[]): string {
  const text = JSON.stringify(flows.slice(0, flowsMax));
  return sealAtRest(keyring, Buffer.from(text), associatedData).envelope.toString("base64url");
}

/** The flows in the value of a cookie that are not over. None when the service did not make it. */
export function openFlows(keyring: Keyring, value: string | undefined, nowMs: number): readonly Flow[] {
  if (value === undefined || value.length > flowsMax * 1024) return [];
  try {
    const text = openAtRest(keyring, Buffer.from(value, "base64url"), associatedData).toString();
    return (JSON.parse(text) as Flow[]).filter(({ endAtMs }) => nowMs < endAtMs && endAtMs <= nowMs + limits.loginMs);
  } catch (error) {
    if (error instanceof IntegrityError) return [];
    throw error;
  }
}
