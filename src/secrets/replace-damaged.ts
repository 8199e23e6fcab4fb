import { isNarrowed, type Principal } from "../rules/access.ts";
import { noLists } from "../rules/access-lists.ts";
import type { Context } from "../rules/context.ts";
import type { Expected } from "../rules/last-changes.ts";
import { randomId } from "../rules/secret-key.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { documentFormat } from "./document.ts";
import { type PlanInput, planSave, type SavePlan } from "./plan-save.ts";
import { damagedWithoutValue, staleVersion } from "./save-failures.ts";
import { isFailure, verify } from "./verified-secret.ts";
import { idFailure } from "./wanted-id.ts";

/**
 * What takes the place of a stored document that does not verify, or that is older than its last change. Nothing is
 * taken over from that document, because an attacker may have chosen it: no list, no owner, no id.
 */
export interface Replacement {
  /** The version as it is in the row, by which the commit finds it. */
  readonly expectedVersion: number;
  readonly version: number;
  /** The id that the secret had in a retained version that verifies. */
  readonly id: string | undefined;
}

/** The filter of the audit record of a change to such a secret. */
export const damagedFilter = "damaged";

/** An attacker who damaged the document could have put anyone but an admin into its lists. */
export function mayReplaceDamaged(principal: Principal): boolean {
  return principal.admin && !isNarrowed(principal);
}

/** Versions above this are not counted on: an attacker could use the numbers up. */
const plausibleVersionMax = 2 ** 31;

export async function planReplacement(
  context: Context,
  stored: StoredSecret,
  expected: Expected,
): Promise<Replacement> {
  const { tenant, key } = stored;
  const [history, auditedVersion] = await Promise.all([
    context.store.listHistory(tenant, key),
    expected.versionOf(key),
  ]);
  const isOfSecret = (row: StoredSecret) => row.tenant === tenant && row.key === key;
  const intact = history.find((row) => isOfSecret(row) && !isFailure(verify(context, row)));
  const known = [stored.version, auditedVersion, ...history.map(({ version }) => version)];
  const version = 1 + Math.max(0, ...known.filter((number) => number < plausibleVersionMax));
  return { expectedVersion: stored.version, version, id: intact?.id };
}

/** Decides a save of a damaged secret: it is made anew, with the value and the lists of the request and no others. */
export function planDamagedSave(input: PlanInput, { expectedVersion, version, id }: Replacement): SavePlan {
  const { item, key } = input;
  if (item.ifVersion !== undefined && item.ifVersion !== expectedVersion) {
    return { kind: "stale", failure: staleVersion(item, key, "has a stored document that does not verify") };
  }
  if (item.value === undefined) return { kind: "invalid", failure: damagedWithoutValue(item, key) };
  // The id of a secret never changes, so one that the request names must be the one that is known.
  const wrongId = id === undefined ? undefined : idFailure({ ...input, storedId: id });
  if (wrongId !== undefined) return { kind: "invalid", failure: wrongId };
  const plan = planSave({ ...input, item: { ...item, ifVersion: undefined }, current: undefined });
  if (plan.kind !== "write") return plan;
  const fields = { ...plan.fields, version, id: id ?? plan.fields.id };
  return { ...plan, fields, expectedVersion, replacesDamaged: true };
}

/** Removes a damaged secret. Only admins can bring it back, because no one is in its lists. */
export function planDamagedRemoval(
  principal: Principal,
  key: string,
  { expectedVersion, version, id }: Replacement,
  nowMs: number,
): SavePlan {
  const times = { createdAtMs: nowMs, updatedAtMs: nowMs, valueChangedAtMs: nowMs };
  const by = { owner: principal.slug, createdBy: principal.slug, updatedBy: principal.slug };
  const names = { format: documentFormat, tenant: principal.tenant, id: id ?? randomId(), key, version };
  return {
    kind: "write",
    outcome: "updated",
    fields: { ...names, ...by, ...times, lists: noLists, metadata: [], removed: true },
    plaintext: { value: undefined, sealedDigest: undefined },
    expectedVersion,
    replacesDamaged: true,
    changedFields: [],
    listChanges: [],
    rule: "admin",
  };
}
