import { IntegrityError } from "../crypto/integrity-error.ts";
import { mapInSlices } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import { isVisible } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import type { RecalledBasis, RecalledSecret } from "../store/secret-store.ts";
import { openDocument } from "./document.ts";
import { sizeOf } from "./find-in-parts.ts";
import { type Batch, planItems } from "./plan-batch.ts";
import type { SaveItem } from "./save-input.ts";
import type { Planned } from "./save-records.ts";
import type { VerifiedSecret } from "./verified-secret.ts";

/** What a change of the secret with this key was decided on. */
export type BasisOf = (key: string) => RecalledBasis | undefined;

/** A batch as it was decided on what the store recalls. */
export interface RecalledBatch {
  readonly plans: readonly Planned[];
  /** Asks the log of changes whether any of it is older than its last change, so that the commit can wait for it. */
  compare(): BasisOf;
}

/**
 * Decides a batch as `planBatch` does, on what the store recalls. Undefined when it cannot be decided so, for whatever
 * reason: an item that is not named by its key, a secret that is not recalled or that the caller does not see, one that
 * does not verify, or something that is not written. Nothing is refused, answered or reported because of what is
 * recalled.
 */
export async function planRecalled(context: Context, batch: Batch): Promise<RecalledBatch | undefined> {
  const { items, removals } = batch;
  const { caller } = batch.call;
  const keys = [...items.map(keyOf), ...removals.map(({ key }) => key)];
  const recalled = new Map<string, RecalledSecret>();
  for (const key of keys) {
    const found = key === undefined ? undefined : context.store.recallSecret(caller.tenant, key);
    if (found === undefined || recalled.has(found.secret.key) || !isVisible(caller, found.secret)) return undefined;
    recalled.set(found.secret.key, found);
  }
  // The ids of others are only known from a query.
  const isOtherId = ({ key, wantedId }: SaveItem) =>
    wantedId !== undefined && wantedId !== recalled.get(key ?? "")?.secret.id;
  if (items.some(isOtherId)) return undefined;
  const secrets = [...recalled.values()].map(({ secret }) => secret);
  if (sizeOf(secrets) >= limits.batchStoredBytes) return undefined;
  const opened = await mapInSlices(secrets, (stored) => open(context, stored));
  const verified = new Map(opened.flatMap((each) => (each === undefined ? [] : [[each.stored.key, each]])));
  if (verified.size < secrets.length) return undefined;
  const none = { damaged: new Map(), wantedIds: new Set<string>(), isTaken: () => false };
  const plans = await planItems(batch, { caller, keyOf, verified, ...none, nowMs: context.now() });
  if (plans.some(({ plan }) => plan.kind !== "write")) return undefined;
  return {
    plans,
    compare() {
      const isNewest = context.lastChanges.areNewest(secrets);
      return (key) => {
        const found = recalled.get(key);
        return found && { ...found, isNewest };
      };
    },
  };
}

function keyOf({ key }: SaveItem): string | undefined {
  return key;
}

/** Undefined when it does not verify, as when its key was taken out of the keyring. What is stored may well verify. */
function open({ keyring }: Context, stored: RecalledSecret["secret"]): VerifiedSecret | undefined {
  try {
    return { stored, plaintext: openDocument(keyring, stored) };
  } catch (error) {
    if (error instanceof IntegrityError) return undefined;
    throw error;
  }
}
