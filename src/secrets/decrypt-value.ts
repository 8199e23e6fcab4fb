import type { AuditRecord } from "../audit/record.ts";
import { parseSealed, type SealedPlace, type SealedText, SealedTextError } from "../crypto/sealed-text.ts";
import { type Failure, throwAny } from "../error.ts";
import { mapInLanes } from "../flow/lanes.ts";
import { limits } from "../limits.ts";
import { type Decision, decide, isNarrowed, isVisible, type Principal, type Subject } from "../rules/access.ts";
import { noLists } from "../rules/access-lists.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo, refuseAny } from "../rules/decision-record.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { answerLike, type OneOrSeveral, placeOfValue, valuesOf } from "../rules/selection.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { SecretValue } from "../text/secret-value.ts";
import { notGranted } from "./save-failures.ts";
import { isFailure, loadByKeys, verifyLatest } from "./verified-secret.ts";

const action = "secret.decrypt";

/** A sealed value in a request, and its position there. */
interface SealedItem {
  readonly sealed: SealedText;
  readonly at: Pick<Failure, "index"> & { readonly field: string };
}

export interface DecryptAnswer extends OneOrSeveral {
  /** In place of `value`, when that is bytes. */
  readonly valueBytes: Uint8Array | undefined;
}

/**
 * Opens sealed values: all, or none. A value sealed for a key may be opened by anyone who may read that secret, whether
 * or not the value was stored. A value sealed for a principal may be opened by that principal. Admins may open all
 * values of their tenant. Access is checked before anything is opened, so that neither text nor timing reveals secrets
 * that the caller may not see. Throws `SecretError`.
 */
export async function decryptValue(context: Context, call: CallInfo, request: OneOrSeveral): Promise<DecryptAnswer> {
  const items = parseAll(request);
  const decided = await authorise(context, call, items);
  if (request.value === undefined) await refuseAny(context, call, action, items.flatMap(notAmongSeveral));
  const opened = await mapInLanes(items, limits.hpkeOperations, (item) => open(context, item));
  await refuseAny(context, call, action, opened.filter(isRefused));
  const nowMs = context.now();
  await context.accessLog.record(items.map(({ sealed }, at) => recordOf(call, nowMs, sealed, decided[at])));
  const values = opened.filter((result): result is SecretValue => !isRefused(result));
  const [first] = values;
  if (first !== undefined && typeof first !== "string") return { value: undefined, values: [], valueBytes: first };
  const texts = values.filter((value) => typeof value === "string");
  return { ...answerLike(request, texts), valueBytes: undefined };
}

function isRefused(result: SecretValue | Failure): result is Failure {
  return typeof result === "object" && "reason" in result;
}

/** The field for several values is for text. */
function notAmongSeveral({ sealed, at }: SealedItem): readonly Failure[] {
  if (!sealed.isBytes) return [];
  const message = `${at.field} is sealed bytes: open it alone, in value`;
  return [{ reason: "INVALID_FIELD", message, ...at }];
}

function parseAll(request: OneOrSeveral): readonly SealedItem[] {
  const failures: Failure[] = [];
  const items = valuesOf(request).flatMap((text, index): SealedItem[] => {
    const at = placeOfValue(request, index);
    try {
      return [{ sealed: parseSealed(text), at }];
    } catch (error) {
      if (!(error instanceof SealedTextError)) throw error;
      failures.push(notSealed(at, error.message));
      return [];
    }
  });
  throwAny(failures);
  return items;
}

async function authorise(context: Context, call: CallInfo, items: readonly SealedItem[]): Promise<readonly Decision[]> {
  const { caller } = call;
  const keys = items.flatMap(({ sealed: { place } }) => (namesSecret(place, caller) ? place.target : []));
  const expected = context.lastChanges.expect(caller.tenant, keys, "read");
  const found = await loadByKeys(context, caller, [...new Set(keys)]);
  const results = await verifyLatest(context, found.values(), expected);
  const failures: Failure[] = [];
  const decisions = items.map(({ sealed: { place }, at }): Decision => {
    const result =
      place.scope === "principal" ? decideOwn(caller, place, at) : decideKey(caller, place, found, results, at);
    if ("allowed" in result) return result;
    failures.push(result);
    return { allowed: false, rule: "missing" };
  });
  await refuseAny(context, call, action, failures);
  return decisions;
}

function namesSecret({ tenant, scope, target }: SealedPlace, { tenant: own }: Principal): boolean {
  return scope === "key" && tenant === own && keyProblem(target) === undefined;
}

function decideKey(
  caller: Principal,
  place: SealedPlace,
  found: ReadonlyMap<string, StoredSecret>,
  results: Awaited<ReturnType<typeof verifyLatest>>,
  at: SealedItem["at"],
): Decision | Failure {
  const key = place.target;
  const missing: Failure = { reason: "NOT_FOUND", message: `there is no secret ${key} that you can see`, key, ...at };
  if (!namesSecret(place, caller)) return missing;
  const stored = found.get(key);
  const verified = stored && results.get(stored);
  if (verified !== undefined && isFailure(verified)) return { ...verified, ...at };
  const live = verified?.stored.removed === false ? verified.stored : undefined;
  const decision = decide(caller, live ?? unsaved(caller, key), "read");
  if (decision.allowed) return decision;
  if (live === undefined || !isVisible(caller, live)) return missing;
  if (decision.rule === "not-granted") return { ...notGranted(key, "read"), right: "read", key, ...at };
  return { reason: "MISSING_RIGHT", message: `no right to read ${key}`, right: "read", key, ...at };
}

/** A secret that is not stored has no lists, so only an admin has rights on it. */
function unsaved({ tenant }: Principal, key: string): Subject {
  return { tenant, key, owner: "", lists: noLists, removed: false };
}

function decideOwn(caller: Principal, { tenant, target }: SealedPlace, at: SealedItem["at"]): Decision | Failure {
  // The value is not for a key, so no grant of a narrowed token covers it.
  if (tenant === caller.tenant && !isNarrowed(caller)) {
    if (target === caller.slug) return { allowed: true, rule: "slug-listed" };
    if (caller.admin) return { allowed: true, rule: "admin" };
  }
  const message = `${at.field} is sealed for the principal ${target}: only that principal or an admin may open it`;
  return { reason: "MISSING_RIGHT", message, right: "read", ...at };
}

async function open(context: Context, { sealed, at }: SealedItem): Promise<SecretValue | Failure> {
  try {
    return await context.sealing.open(sealed);
  } catch (error) {
    if (!(error instanceof SealedTextError)) throw error;
    return notSealed(at, error.message);
  }
}

function notSealed(at: SealedItem["at"], rule: string): Failure {
  return { reason: "NOT_A_SEALED_VALUE", message: `${at.field} ${rule}`, ...at };
}

function recordOf(call: CallInfo, nowMs: number, { place }: SealedText, decision: Decision | undefined): AuditRecord {
  const rule = decision?.rule ?? "missing";
  const subject = place.scope === "key" ? { key: place.target } : { filter: `principal=${place.target}` };
  return auditRecord(call, nowMs, { action, decision: "allowed", rule, ...subject });
}
