import type { Context } from "../rules/context.ts";
import { type AuditEntry, auditRecord, type CallInfo } from "../rules/decision-record.ts";
import { keyProblem } from "../rules/secret-key.ts";
import type { Metadata, StoredSecret } from "../store/secret-rows.ts";
import type { SecretValue } from "../text/secret-value.ts";
import { loadValueHistory, type ValueHistory, type ValueVersion, valueVersionOf } from "./value-version.ts";
import type { VerifiedSecret } from "./verified-secret.ts";
import { decideVersionRead, findVersionSubject, missingRight } from "./version-subject.ts";

export interface ReadRequest {
  readonly key: string;
  /** A version of the secret; 0 for the current value. */
  readonly version: number;
  /** `secret.read`, or the action for which the value is only looked at. */
  readonly action: "secret.read" | "secret.versions";
}

/** What a caller may know of one version of a value. */
export interface ReadAnswer {
  readonly status: "value" | "removed" | "destroyed";
  /** Only with the status `value`. */
  readonly value: SecretValue;
  readonly version: number;
  /** When this value came; undefined when that is no longer known. */
  readonly changedAtMs: number | undefined;
  readonly removedAtMs: number | undefined;
  readonly metadata: Metadata;
}

/**
 * Reads the value of one secret with one record: allowed or denied. Undefined when there is nothing that the caller may
 * know of, which takes the same time whether the secret is missing or invisible. Throws MISSING_RIGHT, NOT_GRANTED and
 * INTEGRITY.
 */
export async function readValue(
  context: Context,
  call: CallInfo,
  request: ReadRequest,
): Promise<ReadAnswer | undefined> {
  const { key, version, action } = request;
  const isKey = keyProblem(key) === undefined;
  const subject = isKey ? await findVersionSubject(context, call, action, key, "read") : undefined;
  if (subject === undefined) {
    const names = isKey ? { names: [key] } : {};
    return denied(context, call, action, { rule: "not-shown", count: 1, ...names });
  }
  const { stored } = subject;
  const decision = decideVersionRead(call.caller, stored);
  if (!stored.removed && !decision.allowed) throw await missingRight(context, call, action, "read", { key, decision });
  if (!stored.removed && version === 0) {
    const { version: shown, changedAtMs } = await valueVersionOf(context, call, stored);
    const answer = { version: shown, changedAtMs, removedAtMs: undefined, metadata: stored.metadata };
    await record(context, call, { action, decision: "allowed", rule: decision.rule, key, version: stored.version });
    return { status: "value", value: subject.plaintext.value ?? "", ...answer };
  }
  return readVersion(context, call, request, subject);
}

/** A version by its number, or what is left of a removed secret. */
async function readVersion(
  context: Context,
  call: CallInfo,
  { key, version, action }: ReadRequest,
  { stored }: VerifiedSecret,
): Promise<ReadAnswer | undefined> {
  const history = await loadValueHistory(context, call, stored);
  const { current, metadata, removedAtMs } = history;
  const wanted = version === 0 ? current.version : version;
  const row = version === 0 ? history.newest : history.withValue.find((each) => each.stored.version === wanted);
  const answer = {
    value: "",
    version: wanted,
    changedAtMs: row?.stored.valueChangedAtMs,
    removedAtMs: undefined,
    metadata,
  };
  if (row === undefined && history.destroyed.includes(wanted)) {
    await denied(context, call, action, { rule: "destroyed", key, version: wanted });
    return { ...answer, status: "destroyed" };
  }
  if (row === undefined) return denied(context, call, action, { rule: "not-found", key, version: wanted });
  if (stored.removed && wanted >= current.version) {
    await denied(context, call, action, { rule: "removed", key, version: wanted });
    return { ...answer, status: "removed", removedAtMs };
  }
  const decision = decideVersionRead(call.caller, stored);
  if (!decision.allowed) throw await missingRight(context, call, action, "read", { key, decision });
  await record(context, call, { action, decision: "allowed", rule: decision.rule, key, version: wanted });
  return { ...answer, status: "value", value: row.plaintext.value ?? "" };
}

/** A secret with its versions, as callers with any right on it may know them. */
export interface DescribedSecret {
  readonly stored: StoredSecret;
  readonly current: ValueVersion;
  readonly history: ValueHistory;
}

/** The metadata of a secret and the numbers of its values, with one record. Undefined as for `readValue`. */
export async function describeSecret(
  context: Context,
  call: CallInfo,
  key: string,
): Promise<DescribedSecret | undefined> {
  const action = "secret.versions";
  const isKey = keyProblem(key) === undefined;
  const subject = isKey ? await findVersionSubject(context, call, action, key, "read") : undefined;
  if (subject === undefined) {
    return denied(context, call, action, { rule: "not-found", count: 1, ...(isKey ? { names: [key] } : {}) });
  }
  const { stored } = subject;
  const history = await loadValueHistory(context, call, stored);
  const count = history.broughtValue.length;
  await record(context, call, { action, decision: "allowed", rule: "visible", key, count });
  return { stored, current: history.current, history };
}

async function denied(
  context: Context,
  call: CallInfo,
  action: string,
  entry: Omit<AuditEntry, "action" | "decision">,
): Promise<undefined> {
  await record(context, call, { action, decision: "denied", ...entry });
}

function record(context: Context, call: CallInfo, entry: AuditEntry): Promise<void> {
  return context.accessLog.record([auditRecord(call, context.now(), entry)]);
}
