import type { IdentityCommit } from "../../identity-rows.ts";
import type { SecretCommit, SecretCommitOutcome } from "../../secret-store.ts";
import { StoreError } from "../../store-error.ts";

/** A waiting commit, and how its caller gets the outcome. */
export interface Queued<Commit, Outcome> {
  readonly commit: Commit;
  resolve(outcome: Outcome): void;
  reject(error: StoreError): void;
}

type QueuedSecrets = Queued<SecretCommit, SecretCommitOutcome>;
type QueuedIdentity = Queued<IdentityCommit, "committed" | "stale">;

type Entry = { readonly secrets: QueuedSecrets } | { readonly identity: QueuedIdentity };

export interface WriteQueueOptions {
  /** How long a commit may take in total, from the moment it is added. */
  readonly writeMs: number;
  /** Like `runIdentity`, settles every commit that it is given, and never rejects. */
  runSecrets(group: readonly QueuedSecrets[]): Promise<void>;
  runIdentity(queued: QueuedIdentity): Promise<void>;
}

export interface WriteQueue {
  addSecrets(commit: SecretCommit): Promise<SecretCommitOutcome>;
  addIdentity(commit: IdentityCommit): Promise<"committed" | "stale">;
  /** Waits for all commits that were added. */
  close(): Promise<void>;
}

/** Changes of one transaction. With more it would only take longer. */
const groupChanges = 100;

/** More waiting commits are refused, because they would only wait until their time is over. */
const waitingMax = 10_000;

/**
 * Runs one transaction at a time. Commits that arrive meanwhile wait; those of different secrets then share a
 * transaction.
 *
 * With 64 callers 15 times as many saves (`npm run bench:parts -- --only write-queue`).
 */
export function createWriteQueue({ writeMs, runSecrets, runIdentity }: WriteQueueOptions): WriteQueue {
  let waiting: Entry[] = [];
  let running: Promise<void> | undefined;

  async function runAll(): Promise<void> {
    // Commits that arrive in the same turn of the event loop are included.
    await new Promise((resolve) => setImmediate(resolve));
    for (let [first] = waiting; first !== undefined; [first] = waiting) {
      if ("identity" in first) {
        waiting.shift();
        await runIdentity(first.identity);
      } else {
        await runSecrets(takeGroup());
      }
    }
    running = undefined;
  }

  /** Takes commits in their order: one that has to wait for another also holds back those that have to wait for it. */
  function takeGroup(): QueuedSecrets[] {
    const group: QueuedSecrets[] = [];
    const left: Entry[] = [];
    const taken = new Set<string>();
    let changes = 0;
    for (const [at, entry] of waiting.entries()) {
      if ("identity" in entry || changes >= groupChanges) {
        left.push(...waiting.slice(at));
        break;
      }
      const names = namesOf(entry.secrets.commit);
      const fits = group.length === 0 || changes + names.length <= groupChanges;
      if (fits && !names.some((name) => taken.has(name))) {
        group.push(entry.secrets);
        changes += names.length;
      } else {
        left.push(entry);
      }
      for (const name of names) taken.add(name);
    }
    waiting = left;
    return group;
  }

  function add<Commit, Outcome>(commit: Commit, toEntry: (queued: Queued<Commit, Outcome>) => Entry): Promise<Outcome> {
    if (waiting.length >= waitingMax) {
      return Promise.reject(new StoreError("unavailable", "too many commits are waiting"));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const entry = toEntry({ commit, resolve, reject });
    waiting.push(entry);
    const timer = setTimeout(() => giveUp(entry, reject), writeMs);
    running ??= runAll();
    return promise.finally(() => clearTimeout(timer));
  }

  /**
   * A commit that still waits was not sent. The outcome of one that runs is known only later, and its caller no longer
   * waits.
   */
  function giveUp(entry: Entry, reject: (error: StoreError) => void): void {
    const at = waiting.indexOf(entry);
    if (at >= 0) waiting.splice(at, 1);
    reject(
      at >= 0
        ? new StoreError("unavailable", "the store could not write in time")
        : new StoreError("unknown-outcome", "the store may or may not have written"),
    );
  }

  return {
    addSecrets: (commit) => add(commit, (secrets: QueuedSecrets) => ({ secrets })),
    addIdentity: (commit) => add(commit, (identity: QueuedIdentity) => ({ identity })),
    close: async () => running,
  };
}

function namesOf({ tenant, changes, purges = [], idempotency }: SecretCommit): string[] {
  const keys = [...changes.map(({ secret }) => secret.key), ...purges.map(({ key }) => key)];
  const names = keys.map((key) => `${tenant}\0${key}`);
  if (idempotency === undefined) return names;
  const { principal, rpc, key } = idempotency;
  return [...names, ["", tenant, principal, rpc, key].join("\0")];
}
