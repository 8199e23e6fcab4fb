import { type Budget, type BudgetLimits, createBudget } from "../../admission/budget.ts";
import { limits } from "../../limits.ts";
import type { Budgets } from "../call/connection-memory.ts";
import type { SlowReaders } from "../call/slow-readers.ts";
import type { Misconduct } from "./misconduct.ts";

/** Limits of the memory that all calls use. */
export interface MemoryLimits extends Omit<BudgetLimits, "totalBytes"> {
  readonly callMemoryBytes: number;
  readonly bodyMemoryBytes: number;
  readonly strangerMemoryBytes: number;
}

/** What the memory of calls is used for now, and what had to be refused. */
export interface HttpMemory {
  readonly budgets: Readonly<Record<keyof Budgets, Omit<Budget, "open">>>;
  readonly slowReaders: Pick<SlowReaders, "unread" | "cut">;
  readonly misconduct: Pick<Misconduct, "dropped">;
}

const memoryLimits: MemoryLimits = {
  callMemoryBytes: limits.callMemoryBytes,
  bodyMemoryBytes: limits.bodyMemoryBytes,
  strangerMemoryBytes: limits.strangerMemoryBytes,
  connectionBytes: limits.connectionMemoryBytes,
  waiting: limits.waitingCalls,
  waitingOfHolder: limits.waitingCallsOfUser,
};

export function createBudgets(changed: Partial<MemoryLimits>): Budgets {
  const all = { ...memoryLimits, ...changed };
  return {
    calls: createBudget({ ...all, totalBytes: all.callMemoryBytes }),
    bodies: createBudget({ ...all, totalBytes: all.bodyMemoryBytes }),
    strangers: createBudget({ ...all, totalBytes: all.strangerMemoryBytes }),
  };
}
