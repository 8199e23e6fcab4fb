import { type Signal, useSignal } from "@preact/signals";
import { problemFrom } from "../api.ts";
import type { Problem } from "../model/words.ts";

/** Something that a person has started, and that the service may refuse. */
export interface Attempts {
  readonly isBusy: Signal<boolean>;
  /** Why the last attempt has failed. */
  readonly problem: Signal<Problem | undefined>;
  /** Runs it, and never throws. `toProblem`: what an error of it means, where that is more than the error says. */
  attempt(act: () => Promise<void>, toProblem?: (error: unknown) => Problem): Promise<void>;
}

export function useAttempt(): Attempts {
  const isBusy = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  return {
    isBusy,
    problem,
    async attempt(act, toProblem = problemFrom) {
      isBusy.value = true;
      problem.value = undefined;
      try {
        await act();
      } catch (error) {
        problem.value = toProblem(error);
      } finally {
        isBusy.value = false;
      }
    },
  };
}
