import { setTimeout as delay } from "node:timers/promises";
import { AuditUnavailableError } from "../audit/access-log.ts";
import type { Context } from "../rules/context.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import { firstTenant } from "../rules/secret-key.ts";

export interface Readiness {
  /** The store and the audit log work, as of a moment ago. */
  readonly ready: boolean;
  close(): void;
}

export interface ReadinessOptions {
  readonly context: Pick<Context, "store" | "accessLog" | "now">;
  /** Told of each change: what does not work, or undefined when all works again. */
  readonly onChange: (failing: "store" | "audit log" | undefined) => void;
  readonly intervalMs?: number;
  /** A store that takes longer than this to answer a single question does not work. */
  readonly patienceMs?: number;
}

/**
 * Asks the store every few seconds whether it answers. While audit records cannot be stored it tries to store one, which
 * says so: nobody sends calls to a service that is not ready, so no call would find out that it is again.
 */
export function watchReadiness(options: ReadinessOptions): Readiness {
  const { context, onChange, intervalMs = 2_000, patienceMs = 3_000 } = options;
  const { store, accessLog } = context;
  const closing = new AbortController();
  let storeAnswers = true;
  let told: "store" | "audit log" | undefined;

  function tell(): void {
    const failing = storeAnswers ? (accessLog.healthy ? undefined : "audit log") : "store";
    if (closing.signal.aborted || failing === told) return;
    told = failing;
    onChange(failing);
  }

  async function check(): Promise<void> {
    const late = setTimeout(() => {
      storeAnswers = false;
      tell();
    }, patienceMs);
    late.unref();
    try {
      await store.hasNoUsers();
      storeAnswers = true;
    } catch {
      storeAnswers = false;
    }
    clearTimeout(late);
    tell();
    if (storeAnswers && !accessLog.healthy) {
      await resumeAudit(context);
      tell();
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

async function resumeAudit({ accessLog, now }: Pick<Context, "accessLog" | "now">): Promise<void> {
  const entry = { action: "audit.resume", decision: "allowed", rule: "audit-available" } as const;
  try {
    await accessLog.record([anonymousRecord(firstTenant, now(), entry)]);
  } catch (error) {
    if (!(error instanceof AuditUnavailableError)) throw error;
  }
}
