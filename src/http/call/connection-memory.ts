import type { Account, Budget } from "../../admission/budget.ts";
import type { Traffic } from "./traffic.ts";

/** Budgets of memory. Callers without a token have their own: they must not take what others need. */
export interface Budgets {
  /** Calls and their responses. */
  readonly calls: Budget;
  /** Bodies that are larger than what every call may use. */
  readonly bodies: Budget;
  readonly strangers: Budget;
}

/** What the exchanges of one connection hold of each budget. */
export interface ConnectionMemory extends Readonly<Record<keyof Budgets, Account>> {
  readonly traffic: Traffic;
}

export function createConnectionMemory(traffic: Traffic): ConnectionMemory {
  return { calls: { held: 0 }, bodies: { held: 0 }, strangers: { held: 0 }, traffic };
}
