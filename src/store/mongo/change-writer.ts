import type { Db } from "mongodb";
import { type IdentityCommit, type SecretCommit, type SecretCommitOutcome, StoreError } from "../store.ts";
import { identityContent, identityRevision } from "./apply-identity.ts";
import { secretsContent } from "./apply-secrets.ts";
import { findConflict } from "./conflict.ts";
import { toStoreError } from "./failure.ts";
import type { Transactions } from "./transaction.ts";
import type { HistoryTrim } from "./trim-history.ts";
import { createWriteQueue, type Queued } from "./write-queue.ts";

export interface ChangeWriter {
  commitSecrets(commit: SecretCommit): Promise<SecretCommitOutcome>;
  commitIdentity(commit: IdentityCommit): Promise<"committed" | "stale">;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export interface ChangeWriterOptions {
  readonly db: Db;
  readonly transactions: () => Transactions;
  readonly trim: HistoryTrim;
  /** How long a commit may wait and be tried again. */
  readonly writeMs: number;
  readonly commandMs: number;
}

/** Carries out commits one transaction after the other; those of different secrets that wait together share one. */
export function createChangeWriter(options: ChangeWriterOptions): ChangeWriter {
  const { db, trim, writeMs, commandMs } = options;
  const queue = createWriteQueue({ writeMs, runSecrets, runIdentity });

  async function runSecrets(group: readonly Queued<SecretCommit, SecretCommitOutcome>[]): Promise<void> {
    const commits = group.map(({ commit }) => commit);
    const deadlineMs = Date.now() + writeMs;
    try {
      const content = secretsContent(db, commits, commandMs);
      if ((await options.transactions().run(content, deadlineMs)) === "committed") {
        for (const { commit, resolve } of group) {
          trim.add(commit.changes);
          resolve({ status: "committed" });
        }
        return;
      }
    } catch (error) {
      for (const { reject } of group) reject(toStoreError("unavailable", "the store could not write", error));
      return;
    }
    const [only, ...others] = group;
    if (only !== undefined && others.length === 0) await explain(only, deadlineMs);
    else for (const each of group) await runSecrets([each]);
  }

  /** Of one commit alone it can be told what is in its way; when by now nothing is, it is tried again. */
  async function explain(queued: Queued<SecretCommit, SecretCommitOutcome>, deadlineMs: number): Promise<void> {
    try {
      for (;;) {
        const conflict = await findConflict(db, queued.commit, commandMs);
        if (conflict !== undefined) return queued.resolve(conflict);
        if (Date.now() >= deadlineMs) throw new StoreError("unavailable", "the store could not write in time");
        const content = secretsContent(db, [queued.commit], commandMs);
        if ((await options.transactions().run(content, deadlineMs)) === "conflict") continue;
        trim.add(queued.commit.changes);
        return queued.resolve({ status: "committed" });
      }
    } catch (error) {
      queued.reject(toStoreError("unavailable", "the store could not write", error));
    }
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
      const revision = await identityRevision(db, commit.tenant, commandMs);
      if (revision !== commit.expectedRevision) return resolve("stale");
      throw new StoreError("unavailable", "a token of the commit is there already");
    } catch (error) {
      reject(toStoreError("unavailable", "the store could not write", error));
    }
  }

  return {
    commitSecrets: (commit) => queue.addSecrets(commit),
    commitIdentity: (commit) => queue.addIdentity(commit),
    close: () => queue.close(),
  };
}
