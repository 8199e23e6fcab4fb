import type { KeyObject } from "node:crypto";
import type { Db } from "mongodb";
import type { IdentityCommit } from "../../identity-rows.ts";
import type { SecretCommit, SecretCommitOutcome } from "../../secret-store.ts";
import { StoreError } from "../../store-error.ts";
import { withFault } from "../connect/failure.ts";
import type { ReadFence } from "../read/read-fence.ts";
import { identityRevision } from "../read/read-identity.ts";
import { identityContent } from "./apply-identity.ts";
import { type Counting, type SecretsContent, secretsContent } from "./apply-secrets.ts";
import type { CommitCleanup } from "./commit-cleanup.ts";
import { findConflict } from "./find-conflict.ts";
import type { Transactions } from "./transaction.ts";
import { createWriteQueue, type Queued } from "./write-queue.ts";

export interface ChangeWriter {
  commitSecrets(commit: SecretCommit): Promise<SecretCommitOutcome>;
  commitIdentity(commit: IdentityCommit): Promise<"committed" | "stale">;
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
  readonly counting: Counting;
  /** How long a commit may wait and be retried. */
  readonly writeMs: number;
  readonly commandMs: number;
}

type QueuedSecrets = Queued<SecretCommit, SecretCommitOutcome>;

/** Carries out commits, one transaction after the other. Commits of different secrets that wait together share one. */
export function createChangeWriter(options: ChangeWriterOptions): ChangeWriter {
  const { db, cleanup, counting, fence, writeMs, commandMs } = options;
  const queue = createWriteQueue({ writeMs, runSecrets, runIdentity });

  async function runSecrets(group: readonly QueuedSecrets[], deadlineMs = Date.now() + writeMs): Promise<void> {
    let left = group;
    try {
      while (left.length > 0) {
        const commits = left.map(({ commit }) => commit);
        const content = secretsContent(db, commits, { auditKey: options.auditKey(), ...counting }, commandMs);
        const outcome = await options.transactions().run(content, deadlineMs);
        if (outcome === "committed") return confirm(left);
        const within = refuseOver(left, content.refused());
        const unexplained = within.length < left.length ? within : await explain(left);
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

  /** Resolves the commits that exceed a quota, and returns the others. */
  function refuseOver(
    group: readonly QueuedSecrets[],
    refused: ReturnType<SecretsContent["refused"]>,
  ): readonly QueuedSecrets[] {
    return group.filter(({ commit, resolve }) => {
      const over = refused.get(commit);
      if (over !== undefined) resolve({ status: "over-quota", ...over });
      return over === undefined;
    });
  }

  /**
   * Resolves the commits that conflict with something. The rest may be retried: without those, or because it was a
   * race.
   */
  async function explain(group: readonly QueuedSecrets[]): Promise<readonly QueuedSecrets[]> {
    const find = () => Promise.all(group.map(({ commit }) => findConflict(db, commit, commandMs)));
    const conflicts = await fence.read(find);
    return group.filter(({ resolve }, at) => {
      const conflict = conflicts[at];
      if (conflict !== undefined) resolve(conflict);
      return conflict === undefined;
    });
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
    close: () => queue.close(),
  };
}
