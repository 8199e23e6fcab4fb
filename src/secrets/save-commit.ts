import { removeAction } from "../audit/save-action.ts";
import { mapInSlices } from "../flow/slices.ts";
import type { ListChange } from "../rules/access-lists.ts";
import type { Context } from "../rules/context.ts";
import type { CallInfo } from "../rules/decision-record.ts";
import type { SecretChange, SecretCommit } from "../store/secret-store.ts";
import { folderPattern } from "../text/key-grammar.ts";
import { sealDocument } from "./document.ts";
import { idempotencyRecord } from "./idempotency.ts";
import type { BasisOf } from "./plan-recalled.ts";
import { answerRecord, changeRecords, type Planned } from "./save-records.ts";

/**
 * What became of one item or, in a call that only validates, what would. Only there is an item `forbidden`: otherwise
 * the whole batch is refused.
 */
export interface SaveResult {
  readonly key: string;
  readonly id: string;
  readonly outcome: "created" | "updated" | "unchanged" | "removed" | "forbidden";
  readonly version: number;
  readonly changedFields: readonly string[];
  readonly listChanges: readonly ListChange[];
  readonly missingRight: string;
  /** Of a creation that is forbidden for want of a permit: a pattern that it could have. */
  readonly missingPermit?: string;
}

/** What the idempotency record of a save is made of. */
export interface RepeatedRequest {
  readonly rpc: string;
  readonly key: string;
  readonly canonical: unknown;
}

/** Everything that plans write. Takes room for the answer when the request has an idempotency key. */
export async function commitOf(
  context: Context,
  call: CallInfo,
  plans: readonly Planned[],
  { rpc, key, canonical }: RepeatedRequest,
  basisOf?: BasisOf,
): Promise<SecretCommit> {
  const nowMs = context.now();
  const changes = (await mapInSlices(plans, (plan) => changeOf(context, plan, basisOf))).flat();
  const made = changeRecords(call, nowMs, plans);
  const answerText = JSON.stringify(plans.map(resultOf));
  return {
    tenant: call.caller.tenant,
    changes,
    audit: made.length > 0 ? made : [answerRecord(call, nowMs, keysOf(plans))],
    idempotency: idempotencyRecord(context, call, rpc, key, canonical, answerText),
    permits: plans.flatMap(({ plan }) => (plan.kind === "write" && plan.permit !== undefined ? plan.permit : [])),
  };
}

/** What becomes of one item, or would. */
export function resultOf({ key, action: taken, plan }: Planned): SaveResult {
  const none = { changedFields: [], listChanges: [], missingRight: "" };
  switch (plan.kind) {
    case "write": {
      const { fields, changedFields, listChanges } = plan;
      const outcome = taken === removeAction ? "removed" : plan.outcome;
      return { ...none, key, id: fields.id, outcome, version: fields.version, changedFields, listChanges };
    }
    case "unchanged":
      return { ...none, key, id: plan.stored.id, outcome: "unchanged", version: plan.stored.version };
    default: {
      const { right = "admin", reason } = plan.failure;
      const permit = reason === "FOREIGN_PREFIX" ? { missingPermit: folderPattern(key) } : {};
      return { ...none, key, id: "", outcome: "forbidden", version: 0, missingRight: right, ...permit };
    }
  }
}

export function isWrite({ plan }: Planned): boolean {
  return plan.kind === "write";
}

function keysOf(plans: readonly Planned[]): readonly string[] {
  return plans.map(({ key }) => key);
}

function changeOf(context: Context, { plan }: Planned, basisOf?: BasisOf): SecretChange[] {
  if (plan.kind !== "write") return [];
  if (plan.toOpen !== undefined) throw new Error("an encrypted value was not opened");
  const secret = sealDocument(context.keyring, plan.fields, plan.plaintext);
  const { expectedVersion, formerLists, replacesDamaged } = plan;
  const basis = basisOf?.(secret.key);
  return [
    {
      ...{ secret, expectedVersion, formerLists },
      ...(replacesDamaged === true ? { replacesDamaged } : {}),
      ...(basis === undefined ? {} : { basis }),
    },
  ];
}
