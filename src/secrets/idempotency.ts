import { hash } from "node:crypto";
import { IntegrityError } from "../crypto/integrity-error.ts";
import { rowMac, verifyRowMac } from "../crypto/row-mac.ts";
import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import { isNarrowed, type Principal } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import type { CallInfo } from "../rules/decision-record.ts";
import { grantTexts } from "../rules/grants.ts";
import type { IdempotencyRecord } from "../store/secret-rows.ts";

const requestLabel = "secret-svc/idempotency-request/v1";
const recordLabel = "secret-svc/idempotency-record/v1";
/** Printable ASCII without spaces. */
export const idempotencyKeyForm = /^[!-~]+$/;

/** Throws unless the key is empty (none) or well-formed. */
export function checkIdempotencyKey(key: string): void {
  const field = "idempotencyKey";
  if (key.length > limits.idempotencyKeyBytes) {
    const message = `${field} must be at most ${limits.idempotencyKeyBytes} bytes`;
    const sizes = { limit: limits.idempotencyKeyBytes, actual: Buffer.byteLength(key) };
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, ...sizes });
  }
  if (key !== "" && !idempotencyKeyForm.test(key)) {
    throw new SecretError({
      reason: "INVALID_FIELD",
      message: `${field} must be printable ASCII without spaces`,
      field,
    });
  }
}

/**
 * The result in the idempotency record of the same request, if it was carried out before. Throws IDEMPOTENCY_KEY_REUSED
 * when the key came with another request. Only a keyed MAC of the request is stored, because the request contains
 * values.
 */
export async function findAnswer(
  context: Context,
  call: CallInfo,
  rpc: string,
  key: string,
  request: unknown,
): Promise<string | undefined> {
  if (key === "") return undefined;
  const { caller } = call;
  const record = await context.store.findIdempotency(caller.tenant, scopeOf(caller), rpc, key, context.now());
  if (record === undefined) return undefined;
  try {
    verifyRowMac(context.keyring, recordLabel, recordFields(record), record.kid, record.mac);
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    throw new SecretError({ reason: "INTEGRITY", message: "the record of this idempotencyKey does not verify" });
  }
  try {
    verifyRowMac(context.keyring, requestLabel, [JSON.stringify(request)], record.kid, record.requestMac);
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    const message = "idempotencyKey was used before, with another request";
    throw new SecretError({ reason: "IDEMPOTENCY_KEY_REUSED", message, field: "idempotencyKey" });
  }
  return record.answer;
}

/** The idempotency record to commit with a change; undefined without a key. */
export function idempotencyRecord(
  context: Context,
  call: CallInfo,
  rpc: string,
  key: string,
  request: unknown,
  answer: string,
): IdempotencyRecord | undefined {
  if (key === "") return undefined;
  requireRoom(context, call, Buffer.byteLength(answer));
  const { kid, mac: requestMac } = rowMac(context.keyring, requestLabel, [JSON.stringify(request)]);
  const { tenant } = call.caller;
  const unsigned = {
    tenant,
    principal: scopeOf(call.caller),
    rpc,
    key,
    requestMac,
    answer,
    createdAtMs: context.now(),
    kid,
  };
  const { mac } = rowMac(context.keyring, recordLabel, recordFields(unsigned));
  return { ...unsigned, mac };
}

/** An answer takes its bytes, and about as much as a small one for the rest of its record. */
function requireRoom({ quotas }: Context, { caller }: CallInfo, bytes: number): void {
  const waitMs = quotas.takeAnswer(caller.tenant, caller.slug, bytes + recordBytes);
  if (waitMs === 0) return;
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const message =
    `the answers stored for the idempotency keys of ${caller.slug} would take more than ${limits.answersBytes} bytes within ` +
    `24 hours: try again in ${retryAfterSeconds} s, or without idempotencyKey`;
  const failure = { field: "idempotencyKey", limit: limits.answersBytes, retryAfterSeconds } as const;
  throw new SecretError({ reason: "QUOTA_EXCEEDED", message, ...failure });
}

const recordBytes = 512;

/**
 * The scope in which idempotency keys are compared. Differently narrowed tokens share no keys: otherwise a token could
 * find out which value the user's other token sent, by checking whether its own request is the same.
 */
function scopeOf(caller: Principal): string {
  if (!isNarrowed(caller)) return caller.slug;
  return `${caller.slug}:${hash("sha256", grantTexts(caller.grants).join("\n"))}`;
}

function recordFields(record: Omit<IdempotencyRecord, "kid" | "mac">) {
  const { tenant, principal, rpc, key, requestMac, answer, createdAtMs } = record;
  return [tenant, principal, rpc, key, requestMac, answer, createdAtMs];
}
