import type { KeyObject } from "node:crypto";
import type { Db } from "mongodb";
import type { IdentityCommit } from "../../identity-rows.ts";
import type { RecalledSecret, SecretCommit, SecretCommitOutcome } from "../../secret-store.ts";
import { StoreError } from "../../store-error.ts";
import { withFault } from "../connect/failure.ts";
import type { ReadFence } from "../read/read-fence.ts";
import { identityRevision } from "../read/read-identity.ts";
import { identityContent } from "./apply-identity.ts";
import { type Counting, type SecretsContent, secretsContent } from "./apply-secrets.ts";
import type { CommitCleanup } from "./commit-cleanup.ts";
import { findConflict } from "./find-conflict.ts";
import { createRecentSecrets } from "./recent-secrets.ts";
import type { Transactions } from "./transaction.ts";
import { createWriteQueue, type Queued } from "./write-queue.ts";

export interface ChangeWriter {
  commitSecrets(commit: SecretCommit): Promise<SecretCommitOutcome>;
  commitIdentity(commit: IdentityCommit): Promise<"committed" | "stale">;
  recallSecret(tenant: string, key: string): RecalledSecret | undefined;
  /** Waits for commits that are running. */
  close(): Promise<void>;
}

export interface ChangeWriterOptions {
  readonly db: Db;
  readonly transactions: () => Transactions;
  /** For what explains why a commit was not written: a primary that was replaced must not explain it. */
  readonly fence: Pick<ReadFence, "read">;
  /** The key under which events are authenticated. */
  readonly auditKey: () => KeyObject;
  readonly cleanup: CommitCleanup;
  readonly counting: Omit<Counting, "recent">;
  /** How long a commit may wait and be retried. */
  readonly writeMs: number;
  readonly commandMs: number;
}

type QueuedSecrets = Queued<SecretCommit, SecretCommitOutcome>;

/** Carries out commits, one transaction after the other. Commits of different secrets that wait together share one. */
export function createChangeWriter(options: ChangeWriterOptions): ChangeWriter {
  const { db, cleanup, counting, fence, writeMs, commandMs } = options;
  const recent = createRecentSecrets();
  const queue = createWriteQueue({ writeMs, runSecrets, runIdentity });

  async function runSecrets(group: readonly QueuedSecrets[], deadlineMs = Date.now() + writeMs): Promise<void> {
    let left = group;
    try {
      while (left.length > 0) {
        const commits = left.map(({ commit }) => commit);
        const content = secretsContent(db, commits, { auditKey: options.auditKey(), ...counting, recent }, commandMs);
        const outcome = await options.transactions().run(content, deadlineMs);
        if (outcome === "committed") return confirm(left);
        const others = refuse(left, content.refused());
        const unexplained = others.length < left.length ? others : await explain(left);
        if (unexplained.length > 1 && unexplained.length === left.length) return runEach(left, deadlineMs);
        left = unexplained;
        if (Date.now() >= deadlineMs) throw new StoreError("unavailable", "the store could not write in time");
      }
    } catch (error) {
      for (const { reject } of left) reject(withFault("unavailable", "the store could not write", error));
    }
  }

  function confirm(group: readonly QueuedSecrets[]): void {
    for (const { commit, resolve } of group) {
      cleanup.after(commit);
      resolve({ status: "committed" });
    }
  }

  /** Resolves the commits that were refused, and returns the others. */
  function refuse(
    group: readonly QueuedSecrets[],
    refused: ReturnType<SecretsContent["refused"]>,
  ): readonly QueuedSecrets[] {
    return group.filter((queued) => settle(queued, refused.get(queued.commit)));
  }

  /** Resolves a commit whose outcome is known. True: it is not. */
  function settle({ commit, resolve }: QueuedSecrets, outcome: SecretCommitOutcome | undefined): boolean {
    if (outcome === undefined) return true;
    // What this process wrote of it is no longer what is stored.
    const stale = outcome.status === "stale" ? commit.changes[outcome.index] : undefined;
    if (stale !== undefined) recent.setAside(stale.secret);
    resolve(outcome);
    return false;
  }

  /**
   * Resolves the commits that conflict with something. The rest may be retried: without those, or because it was a
   * race.
   */
  async function explain(group: readonly QueuedSecrets[]): Promise<readonly QueuedSecrets[]> {
    const find = () => Promise.all(group.map(({ commit }) => findConflict(db, commit, commandMs)));
    const conflicts = await fence.read(find);
    return group.filter((queued, at) => settle(queued, conflicts[at]));
  }

  async function runEach(group: readonly QueuedSecrets[], deadlineMs: number): Promise<void> {
    for (const each of group) await runSecrets([each], deadlineMs);
  }

  async function runIdentity({
    commit,
    resolve,
    reject,
  }: Queued<IdentityCommit, "committed" | "stale">): Promise<void> {
    try {
      const content = identityContent(db, commit, commandMs);
      const outcome = await options.transactions().run(content, Date.now() + writeMs);
      if (outcome === "committed") return resolve("committed");
      const revision = await fence.read(() => identityRevision(db, commit.tenant, commandMs));
      if (revision !== commit.expectedRevision) return resolve("stale");
      throw new StoreError("unavailable", "a token of the commit already exists");
    } catch (error) {
      reject(withFault("unavailable", "the store could not write", error));
    }
  }

  return {
    commitSecrets: (commit) => queue.addSecrets(commit),
    commitIdentity: (commit) => queue.addIdentity(commit),
    recallSecret: (tenant, key) => recent.recall(tenant, key),
    close: () => queue.close(),
  };
}
