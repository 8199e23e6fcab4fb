import { setImmediate } from "node:timers/promises";
import type { Keyring } from "../crypto/keyring.ts";
import { countKeyUses } from "../keys/key-uses.ts";
import type { QuotaSource } from "../rules/quota.ts";
import { countQuotaUse, type QuotaUse } from "../rules/quota-use.ts";
import { type SecretState, stateOf } from "../rules/state.ts";
import type { KeyStore } from "../store/key-store.ts";
import type { SecretStore } from "../store/secret-store.ts";
import type { UsageStore } from "../store/usage-store.ts";

export interface Census {
  /** Secrets of all tenants by their state; undefined until the first count. */
  readonly secrets: Readonly<Record<SecretState, number>> | undefined;
  readonly documents: Readonly<Record<"active" | "former", number>> | undefined;
  /** Users and tenants by how much of their quotas they use. */
  readonly quotaUse: QuotaUse | undefined;
  /** Stops counting. Resolves when no count is under way. */
  close(): Promise<void>;
}

export interface CensusOptions {
  readonly store: SecretStore & KeyStore & UsageStore;
  readonly keyring: Keyring;
  readonly quotas: QuotaSource;
  now(): number;
  readonly onFailure: (error: unknown) => void;
}

/** The shortest pause between two counts. */
const pauseMs = 60_000;

/** The pause is at least this many times as long as the count before it, however much there is to count. */
const share = 100;

/** Secrets that are read in one turn of the event loop: about a millisecond. */
const pageSize = 100;

/** Counts the content of the store for metrics: at once, and then again and again in the background. */
export function startCensus(options: CensusOptions): Census {
  let secrets: Census["secrets"];
  let documents: Census["documents"];
  let quotaUse: Census["quotaUse"];
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay = count();

  async function count(): Promise<void> {
    const startedAt = performance.now();
    try {
      documents = await countDocuments(options);
      quotaUse = await countQuotaUse(options, () => closed);
      secrets = (await countSecrets(options, () => closed)) ?? secrets;
    } catch (error) {
      if (!closed) options.onFailure(error);
    }
    if (closed) return;
    timer = setTimeout(
      () => {
        underWay = count();
      },
      Math.max(pauseMs, (performance.now() - startedAt) * share),
    );
    timer.unref();
  }

  return {
    get secrets() {
      return secrets;
    },
    get quotaUse() {
      return quotaUse;
    },
    get documents() {
      return documents;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      return underWay;
    },
  };
}

async function countDocuments({ store, keyring, now }: CensusOptions) {
  let active = 0;
  let former = 0;
  for (const [kid, uses] of await countKeyUses(store, now())) {
    const rows = Object.values(uses).reduce((sum, each) => sum + each, 0);
    if (kid === keyring.active.kid) active += rows;
    else former += rows;
  }
  return { active, former };
}

/** Undefined when the census was closed before the end. */
async function countSecrets({ store, keyring, now }: CensusOptions, isClosed: () => boolean) {
  const counts: Record<SecretState, number> = { active: 0, expiring: 0, expired: 0, "rotation-due": 0 };
  for (const { kid } of keyring.keys) {
    let after: string | undefined = "";
    while (after !== undefined) {
      if (isClosed()) return undefined;
      const page: Awaited<ReturnType<typeof store.listUnderKey<"secrets">>> = await store.listUnderKey(
        "secrets",
        kid,
        after,
        pageSize,
      );
      for (const { metadata, valueChangedAtMs, removed } of page.rows) {
        if (!removed) counts[stateOf(metadata, valueChangedAtMs, now())] += 1;
      }
      after = page.next;
      await setImmediate();
    }
  }
  return counts;
}
