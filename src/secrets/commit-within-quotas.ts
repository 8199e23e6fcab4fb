import type { Context } from "../rules/context.ts";
import { type CallInfo, refuse } from "../rules/decision-record.ts";
import { usageFailure, usageLimitsOf } from "../rules/quota.ts";
import type { SecretCommit, SecretCommitOutcome } from "../store/secret-store.ts";

/** The outcomes that are left once quotas have been checked. */
export type WithinQuotas = Exclude<SecretCommitOutcome, { readonly status: "over-quota" }>;

/**
 * Commits what may make secrets grow. Throws QUOTA_EXCEEDED, with its audit record, when an owner or the tenant would
 * have more than it may have. What only takes less, such as a removal, needs no limit and is never refused.
 */
export async function commitWithinQuotas(
  context: Context,
  call: CallInfo,
  action: string,
  commit: SecretCommit,
): Promise<WithinQuotas> {
  const outcome = await commitUpToQuotas(context, commit);
  if (outcome.status !== "over-quota") return outcome;
  throw await refuse(context, call, action, [usageFailure(outcome)]);
}

/** The same, for a caller that does something else when it is too much. */
export async function commitUpToQuotas(context: Context, commit: SecretCommit): Promise<SecretCommitOutcome> {
  const usageLimits = usageLimitsOf(await context.quotas.of(commit.tenant));
  return context.store.commitSecrets({ ...commit, usageLimits });
}
