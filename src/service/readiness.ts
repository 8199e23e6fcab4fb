import { setTimeout as delay } from "node:timers/promises";
import { AuditUnavailableError } from "../audit/access-log.ts";
import type { Context } from "../rules/context.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import { firstTenant } from "../rules/secret-key.ts";
import { StoreError } from "../store/store-error.ts";

export interface Readiness {
  /** Whether the store and the audit log worked at the last check. */
  readonly ready: boolean;
  close(): void;
}

export interface ReadinessOptions {
  readonly context: Pick<Context, "store" | "accessLog" | "now">;
  /** Called on each change, with the part that fails and why, or undefined when all parts work again. */
  readonly onChange: (failing: "store" | "audit log" | undefined, cause?: unknown) => void;
  readonly intervalMs?: number;
  /** A store that takes longer than this to answer does not work. */
  readonly timeoutMs?: number;
}

/**
 * Checks every few seconds whether the store can be read and written. After audit records could not be stored, also
 * tries to store one, which records the end of the outage, however short it was. A service that is not ready gets no
 * calls, so no call would notice that it works again.
 */
export function watchReadiness(options: ReadinessOptions): Readiness {
  const { context, onChange, intervalMs = 2_000, timeoutMs = 3_000 } = options;
  const { store, accessLog } = context;
  const closing = new AbortController();
  let storeAnswers = true;
  let storeFailure: unknown;
  let outagesEnded = 0;
  let reported: "store" | "audit log" | undefined;

  function report(): void {
    const failing = storeAnswers ? (accessLog.healthy ? undefined : "audit log") : "store";
    if (closing.signal.aborted || failing === reported) return;
    reported = failing;
    onChange(failing, failing === "store" ? storeFailure : failing && accessLog.failure);
  }

  async function check(): Promise<void> {
    const late = setTimeout(() => {
      storeAnswers = false;
      storeFailure = new StoreError("unavailable", `the store has not answered for ${timeoutMs} ms`);
      report();
    }, timeoutMs);
    late.unref();
    try {
      await store.probe();
      storeAnswers = true;
    } catch (error) {
      storeAnswers = false;
      storeFailure = error;
    }
    clearTimeout(late);
    report();
    const { outages } = accessLog;
    if (storeAnswers && outages > outagesEnded) {
      if (await resumeAudit(context)) outagesEnded = outages;
      report();
    }
  }

  async function checkAgainAndAgain(): Promise<void> {
    while (!closing.signal.aborted) {
      await delay(intervalMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      if (!closing.signal.aborted) await check();
    }
  }

  checkAgainAndAgain();
  return {
    get ready() {
      return storeAnswers && accessLog.healthy && !closing.signal.aborted;
    },
    close: () => closing.abort(),
  };
}

/** Whether the record was stored. */
async function resumeAudit({ accessLog, now }: Pick<Context, "accessLog" | "now">): Promise<boolean> {
  const entry = { action: "audit.resume", decision: "allowed", rule: "audit-available" } as const;
  try {
    await accessLog.record([anonymousRecord(firstTenant, now(), entry)]);
    return true;
  } catch (error) {
    if (!(error instanceof AuditUnavailableError)) throw error;
    return false;
  }
}
