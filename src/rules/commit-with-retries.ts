import type { Failure, SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { SecretCommitOutcome } from "../store/secret-store.ts";

/** The outcome of one attempt. The result is valid when the attempt committed something, or had nothing to commit. */
export interface Attempt<Result> {
  readonly status: SecretCommitOutcome["status"] | "nothing-to-commit";
  readonly result: Result;
}

export interface OptimisticCommit<Result> {
  /** Reads, decides, and commits only if nothing that it decided on has changed. */
  attempt(): Promise<Attempt<Result>>;
  /**
   * Runs the whole request again, which finds the idempotency record. Absent for requests without an idempotency key.
   */
  startOver?(): Promise<Result>;
  /** The CONTENTION failure of a request that other writers overtook every time. */
  readonly contention: Omit<Failure, "reason">;
  /** Makes the error for that failure, and writes its audit record where there is one. */
  refuse(failure: Failure): SecretError | Promise<SecretError>;
}

/**
 * Writes without locks. When another writer was faster, the request is decided again on what is stored now, so a rule
 * that held in the decision still holds in the commit. After `limits.saveAttempts` attempts it throws CONTENTION,
 * because a caller that can try again is better off than one that waits forever. If a copy of the request has committed
 * its idempotency key in the meantime, the request starts over.
 */
export async function commitWithRetries<Result>(commit: OptimisticCommit<Result>): Promise<Result> {
  for (let made = 0; made < limits.saveAttempts; made += 1) {
    const { status, result } = await commit.attempt();
    if (status === "committed" || status === "nothing-to-commit") return result;
    if (status === "repeated" && commit.startOver !== undefined) return commit.startOver();
  }
  throw await commit.refuse({ reason: "CONTENTION", ...commit.contention });
}
