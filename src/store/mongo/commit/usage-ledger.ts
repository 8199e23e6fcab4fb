import type { SecretCommit } from "../../secret-store.ts";
import { findOverQuota, type OverQuota, type Usage, type UsageLimits, wholeTenant } from "../../usage.ts";
import { type CountedCommit, sumOf, sumOfCommits, type UsageChange, userName } from "./usage-note.ts";

export interface UsageLedger {
  /** Which commits of a transaction would exceed a limit. The others do not, even together. */
  check(counted: readonly CountedCommit[]): Promise<ReadonlyMap<SecretCommit, OverQuota>>;
  /** Must be called when the transaction was committed. */
  written(counted: readonly CountedCommit[]): void;
}

/**
 * What a user or tenant may add before the rows of all processes are added up again. Each process takes a sixteenth of
 * what is left: so as many processes exceed the limit together by no more than what they write at the moment, and
 * reading costs nothing far from the limit.
 */
interface Credit {
  readonly left: { secrets: number; bytes: number };
  readonly limit: Usage;
  readonly untilMs: number;
}

const creditShare = 16;
const creditMs = 60_000;

/** Names with a credit. One more makes the oldest one be looked up again. */
const creditsMax = 10_000;

/** Decides which commits are within the limits. `findUsage` has what all processes have committed. */
export function createUsageLedger(findUsage: (tenant: string, slug: string) => Promise<Usage>): UsageLedger {
  const credits = new Map<string, Credit>();

  /** `change` is what this commit and those before it in the transaction change together. */
  async function overOf(change: UsageChange, limits: UsageLimits): Promise<OverQuota | undefined> {
    const { tenant, slug } = change;
    const limit = slug === wholeTenant ? limits.tenant : limits.user;
    if (isWithin(credits.get(userName(tenant, slug)), change, limit)) return undefined;
    const now = await findUsage(tenant, slug);
    const after = { secrets: now.secrets + change.secrets, bytes: now.bytes + change.bytes };
    const over = findOverQuota(change, after, limits);
    if (over === undefined) remember(userName(tenant, slug), creditOf(now, limit));
    return over;
  }

  function remember(name: string, credit: Credit): void {
    const [oldest] = credits.size >= creditsMax ? credits.keys() : [];
    if (oldest !== undefined) credits.delete(oldest);
    credits.set(name, credit);
  }

  return {
    async check(counted) {
      const refused = new Map<SecretCommit, OverQuota>();
      let sums: readonly UsageChange[] = [];
      for (const each of counted) {
        const { usageLimits } = each.commit;
        const changes = sumOfCommits([each]);
        const together = sumOf([...sums, ...changes]);
        const growing = changes.filter(({ secrets, bytes }) => secrets > 0 || bytes > 0);
        const over =
          usageLimits &&
          (await Promise.all(growing.map((one) => overOf(find(together, one), usageLimits)))).find(Boolean);
        if (over === undefined) sums = together;
        else refused.set(each.commit, over);
      }
      return refused;
    },
    written(counted) {
      for (const { tenant, slug, secrets, bytes } of sumOfCommits(counted)) {
        const credit = credits.get(userName(tenant, slug));
        if (credit === undefined) continue;
        credit.left.secrets -= Math.max(0, secrets);
        credit.left.bytes -= Math.max(0, bytes);
      }
    },
  };
}

function find(changes: readonly UsageChange[], one: UsageChange): UsageChange {
  return changes.find(({ tenant, slug }) => tenant === one.tenant && slug === one.slug) ?? one;
}

function creditOf(now: Usage, limit: Usage): Credit {
  const share = (resource: keyof Usage) => Math.floor(Math.max(0, limit[resource] - now[resource]) / creditShare);
  return {
    left: { secrets: share("secrets"), bytes: share("bytes") },
    limit,
    untilMs: performance.now() + creditMs,
  };
}

/** A limit that was changed meanwhile begins a new credit. */
function isWithin(credit: Credit | undefined, { secrets, bytes }: Usage, limit: Usage): boolean {
  if (credit === undefined || performance.now() >= credit.untilMs) return false;
  if (credit.limit.secrets !== limit.secrets || credit.limit.bytes !== limit.bytes) return false;
  return credit.left.secrets >= secrets && credit.left.bytes >= bytes;
}
