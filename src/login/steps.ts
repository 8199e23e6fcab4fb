import { encodeCanonical } from "../crypto/canonical.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { openAtRest, sealAtRest } from "../crypto/rest-envelope.ts";
import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { LoginStore } from "../store/login-store.ts";

/** What is needed for steps of logins. */
export interface StepContext {
  readonly store: LoginStore;
  readonly keyring: Keyring;
  now(): number;
}

/** A step of a login that is under way, in the store: any process of the service can go on from it. */
export interface Step<Content> {
  readonly id: string;
  readonly endAtMs: number;
  readonly content: Content;
  /** As it is stored, to change it only if nothing else has. */
  readonly sealed: Uint8Array;
}

/**
 * False when there is a step with this id. Throws RATE_LIMITED when too many logins are under way; one that the service
 * takes itself (`isOwn`) is not limited, or strangers could keep it from being remembered.
 */
export async function addStep(
  context: StepContext,
  id: string,
  content: unknown,
  endAtMs: number,
  isOwn = false,
): Promise<boolean> {
  if (!isOwn && (await context.store.countLogins()) >= limits.loginsUnderWay) {
    const message = "too many logins are under way; try again in a minute";
    throw new SecretError({ reason: "RATE_LIMITED", message, retryAfterSeconds: 60 });
  }
  const next = { endAtMs, sealed: seal(context.keyring, id, content, endAtMs) };
  return context.store.writeLogin({ id, former: undefined, next });
}

/**
 * Undefined for a step that is over, that never was, or that the service did not write. The caller must know what it
 * wrote under this id.
 */
export async function findStep<Content>(context: StepContext, id: string): Promise<Step<Content> | undefined> {
  const row = await context.store.findLogin(id);
  if (row === undefined || row.endAtMs <= context.now()) return undefined;
  try {
    const text = openAtRest(context.keyring, row.sealed, dataOf(id, row.endAtMs)).toString();
    return { id, endAtMs: row.endAtMs, content: JSON.parse(text), sealed: row.sealed };
  } catch (error) {
    if (error instanceof IntegrityError) return undefined;
    throw error;
  }
}

/** False when the step was changed or taken since it was read. */
export async function replaceStep(context: StepContext, step: Step<unknown>, content: unknown): Promise<boolean> {
  const { id, endAtMs, sealed: former } = step;
  const next = { endAtMs, sealed: seal(context.keyring, id, content, endAtMs) };
  return context.store.writeLogin({ id, former, next });
}

/** Deletes a step. Of several that take the same one, one gets true. */
export async function takeStep(context: StepContext, { id, sealed }: Step<unknown>): Promise<boolean> {
  return context.store.writeLogin({ id, former: sealed, next: undefined });
}

function seal(keyring: Keyring, id: string, content: unknown, endAtMs: number): Uint8Array {
  return new Uint8Array(sealAtRest(keyring, Buffer.from(JSON.stringify(content)), dataOf(id, endAtMs)).envelope);
}

function dataOf(id: string, endAtMs: number): Buffer {
  return encodeCanonical("secret-svc/login-step/v1", [id, endAtMs]);
}
