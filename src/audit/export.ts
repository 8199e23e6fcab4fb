import { AuditUnavailableError } from "./access-log.ts";
import { exportLine } from "./export-line.ts";
import type { LineFile } from "./line-file.ts";
import type { AuditRecord } from "./record.ts";

/** A copy of all audit records as lines of JSON, in addition to the store. */
export interface AuditExport {
  /**
   * Resolves when the records are written. Throws `AuditUnavailableError` when they are not, or not in time; they are
   * still written later, in their order.
   */
  write(records: readonly AuditRecord[]): Promise<void>;
  /** Throws `AuditUnavailableError` while the last lines could not be written: no record may be made then. */
  requireHealthy(): void;
  /** Writes the remaining lines. Throws `AuditExportIncompleteError` when it cannot. */
  close(): Promise<void>;
}

/** The process ends with records that are in the store, and will never be in the export. */
export class AuditExportIncompleteError extends Error {
  constructor(count: number) {
    const records = count === 1 ? "1 audit record is" : `${count} audit records are`;
    super(`${records} in the store, but not in the audit export`);
    this.name = "AuditExportIncompleteError";
  }
}

export interface AuditExportOptions {
  readonly file: LineFile;
  /** How long a caller waits at most. */
  readonly waitMs: number;
  /** Records that may wait at once. */
  readonly pendingMax: number;
  /** How long to wait before trying again to write lines. */
  readonly retryMs: number;
  /** Called when writing begins to fail, and when it works again. */
  onChange(problem: unknown): void;
}

interface Waiting {
  readonly count: number;
  readonly written: PromiseWithResolvers<void>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Writes lines in the order of their records, one write at a time. Lines that could not be written are tried again
 * after `retryMs`. Until that succeeds the export is unhealthy, and no record may be made.
 */
export function createAuditExport(options: AuditExportOptions): AuditExport {
  const { file, waitMs, pendingMax, retryMs, onChange } = options;
  let waiting: Waiting[] = [];
  let pending = 0;
  let isHealthy = true;
  let running: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;

  function change(healthy: boolean, problem?: unknown): void {
    if (healthy !== isHealthy) onChange(problem);
    isHealthy = healthy;
  }

  /** One write at a time. Records that arrive meanwhile go into the next one. */
  async function writeAll(): Promise<void> {
    while (waiting.length > 0 || pending > 0) {
      const taken = waiting;
      const count = pending;
      waiting = [];
      try {
        await file.flush();
        change(true);
        pending -= count;
        for (const { written, timer } of taken) {
          clearTimeout(timer);
          written.resolve();
        }
      } catch (problem) {
        change(false, problem);
        for (const { written, timer } of taken) {
          clearTimeout(timer);
          written.reject(new AuditUnavailableError({ cause: problem }));
        }
        retry = setTimeout(start, retryMs);
        retry.unref();
        break;
      }
    }
    running = undefined;
  }

  function start(): void {
    clearTimeout(retry);
    running ??= writeAll();
  }

  return {
    write(records) {
      if (records.length === 0) return Promise.resolve();
      if (pending + records.length > pendingMax) return Promise.reject(new AuditUnavailableError());
      const written = Promise.withResolvers<void>();
      const giveUp = () => {
        change(false, new Error("the lines were not written in time"));
        written.reject(new AuditUnavailableError());
      };
      const timer = setTimeout(giveUp, waitMs);
      timer.unref();
      pending += records.length;
      file.add(records.map(exportLine).join(""));
      waiting.push({ count: records.length, written, timer });
      start();
      return written.promise;
    },
    requireHealthy() {
      if (!isHealthy) throw new AuditUnavailableError();
    },
    async close() {
      clearTimeout(retry);
      await running;
      if (pending > 0) await writeAll();
      clearTimeout(retry);
      await file.close();
      if (pending > 0) throw new AuditExportIncompleteError(pending);
    },
  };
}
