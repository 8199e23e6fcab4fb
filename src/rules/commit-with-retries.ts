import type { Failure, SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { SecretCommitOutcome } from "../store/secret-store.ts";

/** What came of one attempt; the result counts when something was committed, or when nothing had to be. */
export interface Attempt<Result> {
  readonly status: SecretCommitOutcome["status"] | "nothing-to-commit";
  readonly result: Result;
}

export interface OptimisticCommit<Result> {
  /** Reads, decides, and commits only if nothing of what it decided on has changed. */
  attempt(): Promise<Attempt<Result>>;
  /** Carries out the whole request again, which finds the stored answer. Absent for requests without an idempotency key. */
  startOver?(): Promise<Result>;
  /** The CONTENTION failure of a request that other writers overtook every time. */
  readonly contention: Omit<Failure, "reason">;
  /** Makes the error of that failure, and records it where the audit log has a record of it. */
  refuse(failure: Failure): SecretError | Promise<SecretError>;
}

/**
 * Writes without locks: when another writer was faster, the request is decided again on what is stored by then, so a rule
 * that held in the decision still holds in the commit. After `limits.saveAttempts` attempts it throws CONTENTION, because
 * a caller who may try again is better off than one who waits without end. A request whose idempotency key was committed
 * meanwhile, by a copy of itself, starts over.
 */
export async function commitWithRetries<Result>(commit: OptimisticCommit<Result>): Promise<Result> {
  for (let made = 0; made < limits.saveAttempts; made += 1) {
    const { status, result } = await commit.attempt();
    if (status === "committed" || status === "nothing-to-commit") return result;
    if (status === "repeated" && commit.startOver !== undefined) return commit.startOver();
  }
  throw await commit.refuse({ reason: "CONTENTION", ...commit.contention });
}
