import type { ClientSession, Db } from "mongodb";
import type { SecretCommit } from "../../secret-store.ts";
import {
  findOverQuota,
  type OverQuota,
  type Usage,
  type UsageLimits,
  type UsageTally,
  wholeTenant,
} from "../../usage.ts";
import type { UsageStore } from "../../usage-store.ts";
import type { Named } from "../rows/schema.ts";
import { usageName } from "../rows/usage-row.ts";

export interface UsageLedger {
  /** Which commits of a transaction would exceed a limit. The others do not, even together. */
  check(counted: readonly CountedCommit[]): Promise<ReadonlyMap<SecretCommit, OverQuota>>;
  /** Adds to the rows of this process, as a part of the transaction. */
  write(counted: readonly CountedCommit[], session: ClientSession): Promise<void>;
  /** Must be called when the transaction was committed, or may have been. */
  written(counted: readonly CountedCommit[]): void;
}

export interface CountedCommit {
  readonly commit: SecretCommit;
  readonly tally: UsageTally;
}

export interface UsageLedgerOptions {
  readonly db: Db;
  readonly reader: Pick<UsageStore, "findUsage">;
  readonly maxTimeMs: number;
  /** The number of this process, which no other one on the database has at the time. */
  readonly slot: () => number;
}

type Change = ReturnType<UsageTally["changes"]>[number];

/**
 * What a user or tenant may add before the rows of all processes are added up again. Each process takes a sixteenth of what is
 * left: so as many processes exceed the limit together by no more than what they write at the moment, and reading costs
 * nothing far from the limit.
 */
interface Credit {
  left: { secrets: number; bytes: number };
  readonly limit: Usage;
  readonly untilMs: number;
}

const creditShare = 16;
const creditMs = 60_000;

/** Names with a credit. One more makes the oldest one be looked up again. */
const creditsMax = 10_000;

/**
 * Counts what the commits of this process change. Every process has rows of its own, so processes never wait for each other
 * because of them.
 */
export function createUsageLedger({ db, reader, maxTimeMs, slot }: UsageLedgerOptions): UsageLedger {
  const usage = db.collection<Named>("usage");
  const credits = new Map<string, Credit>();

  async function overOf(tenant: string, change: Change, limits: UsageLimits): Promise<OverQuota | undefined> {
    const limit = change.slug === wholeTenant ? limits.tenant : limits.user;
    if (isWithin(credits.get(nameOf(tenant, change.slug)), change, limit)) return undefined;
    const now = await reader.findUsage(tenant, change.slug);
    const after = { secrets: now.secrets + change.secrets, bytes: now.bytes + change.bytes };
    const over = findOverQuota(change, after, limits);
    if (over === undefined) remember(nameOf(tenant, change.slug), creditOf(now, limit));
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
      const sums = new Map<string, Change>();
      for (const { commit, tally } of counted) {
        const { tenant, usageLimits } = commit;
        const changes = tally.changes().map((change) => plus(change, sums.get(nameOf(tenant, change.slug))));
        const grows = tally.changes().some(({ secrets, bytes }) => secrets > 0 || bytes > 0);
        const overs =
          grows && usageLimits !== undefined ? changes.map((each) => overOf(tenant, each, usageLimits)) : [];
        const over = (await Promise.all(overs)).find((each) => each !== undefined);
        if (over !== undefined) refused.set(commit, over);
        else for (const change of changes) sums.set(nameOf(tenant, change.slug), change);
      }
      return refused;
    },
    async write(counted, session) {
      const writes = [...sumsOf(counted).values()].map(({ tenant, slug, secrets, bytes }) => {
        const filter = { _id: { $eq: usageName(tenant, slug, slot())._id } };
        const update = { $inc: { secrets, bytes }, $setOnInsert: { tenant, slug, slot: slot() } };
        return { updateOne: { filter, update, upsert: true } };
      });
      if (writes.length > 0) await usage.bulkWrite(writes, { session, maxTimeMS: maxTimeMs });
    },
    written(counted) {
      for (const [name, { secrets, bytes }] of sumsOf(counted)) {
        const credit = credits.get(name);
        if (credit === undefined) continue;
        credit.left.secrets -= Math.max(0, secrets);
        credit.left.bytes -= Math.max(0, bytes);
      }
    },
  };
}

function sumsOf(counted: readonly CountedCommit[]): ReadonlyMap<string, Change & { readonly tenant: string }> {
  const sums = new Map<string, Change & { readonly tenant: string }>();
  for (const { commit, tally } of counted) {
    const { tenant } = commit;
    for (const change of tally.changes()) {
      const name = nameOf(tenant, change.slug);
      sums.set(name, { tenant, ...plus(change, sums.get(name)) });
    }
  }
  return sums;
}

function plus(change: Change, other: Usage | undefined): Change {
  if (other === undefined) return change;
  return { ...change, secrets: change.secrets + other.secrets, bytes: change.bytes + other.bytes };
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
function isWithin(credit: Credit | undefined, { secrets, bytes }: Change, limit: Usage): boolean {
  if (credit === undefined || performance.now() >= credit.untilMs) return false;
  if (credit.limit.secrets !== limit.secrets || credit.limit.bytes !== limit.bytes) return false;
  return credit.left.secrets >= secrets && credit.left.bytes >= bytes;
}

function nameOf(tenant: string, slug: string): string {
  return JSON.stringify([tenant, slug]);
}
