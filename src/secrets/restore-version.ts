import { createdFilter, unchangedAction } from "../audit/save-action.ts";
import { SecretError } from "../error.ts";
import { commitWithRetries } from "../rules/commit-with-retries.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo, refuse } from "../rules/decision-record.ts";
import { sameValue } from "../text/secret-value.ts";
import { commitWithinQuotas } from "./commit-within-quotas.ts";
import { type SecretFields, type SecretPlaintext, sealDocument } from "./document.ts";
import { checkIdempotencyKey, findAnswer, idempotencyRecord } from "./idempotency.ts";
import { loadVersions } from "./list-versions.ts";
import type { SaveResult } from "./save-commit.ts";
import { answerRecord, repeatRecord } from "./save-records.ts";
import type { VerifiedSecret } from "./verified-secret.ts";
import {
  checkVersionKey,
  decideRestore,
  decideVersionRead,
  loadVersionSubject,
  missingRight,
} from "./version-subject.ts";

export interface RestoreRequest {
  readonly key: string;
  readonly version: number;
  readonly ifVersion: number | undefined;
  readonly idempotencyKey: string;
}

const action = "secret.restore";
const rpc = "RestoreVersion";

/**
 * Makes the value of an old version the current one, as a new version. Lists and owner stay as they are now. This also
 * brings back a removed secret. It then gets the metadata of the old version, because the removal dropped it.
 */
export async function restoreVersion(context: Context, call: CallInfo, request: RestoreRequest): Promise<SaveResult> {
  const { key, version, ifVersion, idempotencyKey } = request;
  checkIdempotencyKey(idempotencyKey);
  checkVersionKey(key);
  if (version === 0) {
    const message = "version must be at least 1; ListVersions shows the retained versions";
    throw new SecretError({ reason: "INVALID_FIELD", message, field: "version" });
  }
  const canonical = { key, version, ifVersion };
  const answer = await findAnswer(context, call, rpc, idempotencyKey, canonical);
  if (answer !== undefined) return answerAgain(context, call, key, JSON.parse(answer));
  const attempt = async () => {
    const current = await authorised(context, call, key);
    await requireVersion(context, call, current, ifVersion);
    const { fields, plaintext, rule, result } = await plan(context, call, current, version);
    const isChange = result.outcome !== "unchanged";
    const revival = result.outcome === "created" ? ` ${createdFilter}` : "";
    const record = auditRecord(call, context.now(), {
      action: isChange ? action : unchangedAction,
      decision: "allowed",
      rule,
      key,
      version: result.version,
      filter: `version=${version}${revival}`,
    });
    // As for a save, only changes are in the log of changes.
    if (!isChange) await context.accessLog.record([record]);
    if (!isChange && idempotencyKey === "") return { status: "nothing-to-commit", result } as const;
    const secret = sealDocument(context.keyring, fields, plaintext);
    const { version: expectedVersion, removed, lists } = current.stored;
    const change = { secret, expectedVersion, formerLists: removed ? undefined : lists };
    const outcome = await commitWithinQuotas(context, call, action, {
      tenant: call.caller.tenant,
      changes: isChange ? [change] : [],
      audit: [isChange ? record : answerRecord(call, record.timeMs, [key])],
      idempotency: idempotencyRecord(context, call, rpc, idempotencyKey, canonical, JSON.stringify(result)),
    });
    return { status: outcome.status, result };
  };
  return commitWithRetries({
    attempt,
    startOver: () => restoreVersion(context, call, request),
    contention: { message: "other writers changed this secret during every attempt; try again", key },
    refuse: (failure) => refuse(context, call, action, [failure]),
  });
}

async function authorised(context: Context, call: CallInfo, key: string): Promise<VerifiedSecret> {
  const current = await loadVersionSubject(context, call, action, key);
  const decision = decideRestore(call.caller, current.stored);
  if (!decision.allowed) throw await missingRight(context, call, action, "write", { key, decision });
  return current;
}

/** For a removed secret 0 is also right, because it does not exist. */
async function requireVersion(
  context: Context,
  call: CallInfo,
  { stored }: VerifiedSecret,
  ifVersion: number | undefined,
): Promise<void> {
  if (ifVersion === undefined || ifVersion === (stored.removed ? 0 : stored.version)) return;
  if (stored.removed && ifVersion === stored.version) return;
  const { key } = stored;
  const message = `${key} is at version ${stored.version}, not at version ${ifVersion}`;
  throw await refuse(context, call, action, [{ reason: "STALE_VERSION", message, key, field: "ifVersion" }]);
}

interface RestorePlan {
  readonly fields: SecretFields;
  readonly plaintext: SecretPlaintext;
  readonly rule: string;
  readonly result: SaveResult;
}

async function plan(context: Context, call: CallInfo, current: VerifiedSecret, version: number): Promise<RestorePlan> {
  const { caller } = call;
  const { stored } = current;
  const old = await findVersion(context, call, current, version);
  const { rule } = decideRestore(caller, stored);
  const { key, id } = stored;
  const none = { key, id, changedFields: [], listChanges: [], missingRight: "" };
  const { kid: _kid, envelope: _envelope, ...storedFields } = stored;
  if (isCurrent(current, old, decideVersionRead(caller, stored).allowed)) {
    const result = { ...none, outcome: "unchanged", version: stored.version } as const;
    return { fields: storedFields, plaintext: current.plaintext, rule, result };
  }
  const nowMs = context.now();
  const fields = {
    ...storedFields,
    version: stored.version + 1,
    metadata: stored.removed ? old.stored.metadata : stored.metadata,
    updatedAtMs: nowMs,
    updatedBy: caller.slug,
    valueChangedAtMs: nowMs,
    removed: false,
  };
  const outcome = stored.removed ? "created" : "updated";
  const hasMetadata = stored.removed && old.stored.metadata.length > 0;
  const changedFields = ["value", ...(hasMetadata ? ["metadata"] : [])];
  return {
    fields,
    plaintext: old.plaintext,
    rule,
    result: { ...none, outcome, version: fields.version, changedFields },
  };
}

/** Throws for a version that is not retained, that does not verify, or that is a removal. */
async function findVersion(
  context: Context,
  call: CallInfo,
  { stored }: VerifiedSecret,
  version: number,
): Promise<VerifiedSecret> {
  const { verified, broken } = await loadVersions(context, stored);
  const { key } = stored;
  const at = { key, field: "version" };
  const found = verified.find((each) => each.stored.version === version);
  if (found === undefined && broken.includes(version)) {
    const message = `version ${version} of ${key} does not verify`;
    throw await refuse(context, call, action, [{ reason: "INTEGRITY", message, ...at }]);
  }
  if (found === undefined) {
    const message = `version ${version} of ${key} is not retained`;
    throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, ...at }]);
  }
  if (found.plaintext.value !== undefined) return found;
  if (verified.every(({ plaintext }) => plaintext.value === undefined) && broken.length === 0) {
    const message = `${key} has no retained version with a value`;
    throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, ...at }]);
  }
  const message = `version ${version} of ${key} is a removal, which has no value; name an earlier one`;
  throw await refuse(context, call, action, [{ reason: "INVALID_FIELD", message, ...at }]);
}

/** Whether nothing would change. For a caller who may not read, only the current version counts as the same value. */
function isCurrent({ stored, plaintext }: VerifiedSecret, old: VerifiedSecret, mayRead: boolean): boolean {
  if (stored.removed) return false;
  if (stored.version === old.stored.version) return true;
  return mayRead && sameValue(plaintext.value ?? "", old.plaintext.value ?? "");
}

/** Only a caller that may still do what was asked gets the result in the idempotency record. */
async function answerAgain(context: Context, call: CallInfo, key: string, result: SaveResult): Promise<SaveResult> {
  await authorised(context, call, key);
  await context.accessLog.record([repeatRecord(call, context.now(), 1, key)]);
  return result;
}
