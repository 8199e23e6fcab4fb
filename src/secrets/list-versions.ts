import type { Reason } from "../error.ts";
import { limits } from "../limits.ts";
import { type ListChange, listChanges, noLists } from "../rules/access-lists.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { SecretValue } from "../text/secret-value.ts";
import { isFailure, type VerifiedSecret, verify } from "./verified-secret.ts";
import { checkVersionKey, decideVersionRead, loadVersionSubject, missingRight } from "./version-subject.ts";

export interface VersionsRequest {
  readonly key: string;
  /** Only this version; 0 for all. */
  readonly version: number;
  /** Values need the right "read". */
  readonly withValues: boolean;
}

/** One version, and how it differs from the version before it. */
export interface ShownVersion {
  readonly secret: StoredSecret;
  readonly value: SecretValue | undefined;
  readonly outcome: "created" | "updated" | "removed";
  /** Empty when the version before it is no longer retained. */
  readonly changedFields: readonly string[];
  readonly listChanges: readonly ListChange[];
}

export interface VersionsAnswer {
  /** Newest first. */
  readonly versions: readonly ShownVersion[];
  /** Versions that do not verify. */
  readonly errors: readonly { readonly version: number; readonly reason: Reason }[];
}

const action = "secret.versions";

/** The retained versions of a secret: who changed what, and when. */
export async function listVersions(
  context: Context,
  call: CallInfo,
  { key, version, withValues }: VersionsRequest,
): Promise<VersionsAnswer> {
  checkVersionKey(key);
  const { stored } = await loadVersionSubject(context, call, action, key);
  const decision = decideVersionRead(call.caller, stored);
  if (withValues && !decision.allowed) throw await missingRight(context, call, action, "read", { key, decision });
  const retained = await loadVersions(context, stored);
  const isAsked = (number: number) => version === 0 || number === version;
  const versions = retained.verified.flatMap((each, at) => {
    if (!isAsked(each.stored.version)) return [];
    return [showVersion(each, retained.verified[at + 1], withValues)];
  });
  const nowMs = context.now();
  const values = versions.filter(({ value }) => value !== undefined);
  const reads = values.map(({ secret }) =>
    auditRecord(call, nowMs, {
      action: "secret.read",
      decision: "allowed",
      rule: decision.rule,
      key,
      version: secret.version,
    }),
  );
  const list = auditRecord(call, nowMs, { action, decision: "allowed", rule: "visible", key, count: versions.length });
  await context.accessLog.record([list, ...reads]);
  const errors = retained.broken.filter(isAsked).map((number) => ({ version: number, reason: "INTEGRITY" as const }));
  return { versions, errors };
}

/**
 * The retained versions of a secret up to the one that the caller's rights were decided on. A newer one, written since
 * then, may not be for this caller. Newest first.
 */
export async function loadVersions(context: Context, current: StoredSecret): Promise<RetainedVersions> {
  const verified: VerifiedSecret[] = [];
  const broken: number[] = [];
  const missing = new Set(retainedNumbers(current.version));
  for (const row of await context.store.listHistory(current.tenant, current.key)) {
    if (row.version > current.version) continue;
    missing.delete(row.version);
    const result = verify(context, row);
    const isOfSecret = row.tenant === current.tenant && row.key === current.key && row.id === current.id;
    if (isFailure(result) || !isOfSecret) broken.push(row.version);
    else verified.push(result);
  }
  return { verified, broken, missing: [...missing] };
}

export interface RetainedVersions {
  readonly verified: readonly VerifiedSecret[];
  /** Numbers of those that do not verify. */
  readonly broken: readonly number[];
  /** Numbers of those that would be retained, but were purged. */
  readonly missing: readonly number[];
}

function retainedNumbers(newest: number): readonly number[] {
  const count = Math.min(newest, limits.historyVersions);
  return Array.from({ length: count }, (_, at) => newest - at);
}

function showVersion(
  { stored, plaintext }: VerifiedSecret,
  former: VerifiedSecret | undefined,
  withValue: boolean,
): ShownVersion {
  const shown = { secret: stored, value: withValue ? plaintext.value : undefined };
  const before = former?.stored.version === stored.version - 1 ? former.stored : undefined;
  if (stored.removed) return { ...shown, outcome: "removed", changedFields: [], listChanges: [] };
  const isCreation = stored.version === 1 || before?.removed === true;
  const outcome = isCreation ? "created" : "updated";
  if (before === undefined && !isCreation) return { ...shown, outcome, changedFields: [], listChanges: [] };
  const lists = listChanges(before?.lists ?? noLists, stored.lists);
  const changedFields = [
    ...(isCreation || hasNewValue(stored, before) ? ["value"] : []),
    ...lists.map(({ list }) => list),
    ...(JSON.stringify(before?.metadata ?? []) === JSON.stringify(stored.metadata) ? [] : ["metadata"]),
    ...(before !== undefined && before.owner !== stored.owner ? ["owner"] : []),
  ];
  return { ...shown, outcome, changedFields, listChanges: lists };
}

/** Compares the times only: callers who may not read must not learn whether two values are equal. */
function hasNewValue(stored: StoredSecret, before: StoredSecret | undefined): boolean {
  return stored.valueChangedAtMs === stored.updatedAtMs || stored.valueChangedAtMs !== before?.valueChangedAtMs;
}
