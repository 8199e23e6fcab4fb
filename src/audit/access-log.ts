import type { AuditRecord } from "./record.ts";

/** The audit record could not be stored in time, so whatever it is about must not happen. */
export class AuditUnavailableError extends Error {
  constructor(options?: ErrorOptions) {
    super("the audit log is not available", options);
    this.name = "AuditUnavailableError";
  }
}

export interface AccessLog {
  /** Resolves once the records are stored. Throws `AuditUnavailableError` when they are not, or not in time. */
  record(records: readonly AuditRecord[]): Promise<void>;
  /** False from a failed append until the next one that succeeds. */
  readonly healthy: boolean;
}

export interface AccessLogOptions {
  readonly append: (records: readonly AuditRecord[]) => Promise<void>;
  /** Records that may wait at once; more are refused, so that a stuck disk cannot fill the memory. Default 20,000. */
  readonly pendingMax?: number;
  /** How long a caller waits at most. Default 5,000: longer than a slow disk, shorter than a caller's patience. */
  readonly waitMs?: number;
}

/** Puts a bound on how much and how long callers wait for the access chain, and fails closed beyond it. */
export function createAccessLog({ append, pendingMax = 20_000, waitMs = 5_000 }: AccessLogOptions): AccessLog {
  interface Waiting {
    readonly giveUpAt: number;
    readonly giveUp: () => void;
  }
  // Insertion order is the order of giveUpAt, so one timer for the first entry serves all.
  const waiting = new Set<Waiting>();
  let pending = 0;
  let healthy = true;
  let timer: NodeJS.Timeout | undefined;

  function watch(afterMs: number): void {
    if (timer !== undefined) return;
    timer = setTimeout(sweep, afterMs);
    timer.unref();
  }

  function sweep(): void {
    timer = undefined;
    const now = performance.now();
    for (const entry of waiting) {
      if (entry.giveUpAt > now) {
        watch(Math.ceil(entry.giveUpAt - now));
        return;
      }
      waiting.delete(entry);
      entry.giveUp();
    }
  }

  return {
    get healthy() {
      return healthy;
    },
    record(records) {
      if (records.length === 0) return Promise.resolve();
      if (pending + records.length > pendingMax) {
        healthy = false;
        return Promise.reject(new AuditUnavailableError());
      }
      pending += records.length;
      return new Promise((resolve, reject) => {
        const entry: Waiting = {
          giveUpAt: performance.now() + waitMs,
          giveUp() {
            healthy = false;
            reject(new AuditUnavailableError());
          },
        };
        waiting.add(entry);
        watch(waitMs);
        const settle = (after: () => void) => {
          pending -= records.length;
          waiting.delete(entry);
          after();
        };
        append(records).then(
          () =>
            settle(() => {
              healthy = true;
              resolve();
            }),
          (cause: unknown) =>
            settle(() => {
              healthy = false;
              reject(new AuditUnavailableError({ cause }));
            }),
        );
      });
    },
  };
}
