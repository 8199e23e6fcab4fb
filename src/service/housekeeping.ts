import { setTimeout as delay } from "node:timers/promises";
import { dropOldAudit } from "../audit-log/drop-old-audit.ts";
import { scanStore } from "../backup/scan-store.ts";
import { dropOldSessions } from "../identity/drop-sessions.ts";
import { addActiveKey } from "../keys/keys-in-use.ts";
import { heartbeatMs, type Membership } from "../keys/processes.ts";
import { destroyedSealingKeys } from "../keys/sealing-keys.ts";
import type { Context } from "../rules/context.ts";
import { purgeRemoved } from "../secrets/purge-removed.ts";

const purgeEveryMs = 3_600_000;
const layoutEveryMs = 60_000;
/** With the time that a scan takes, less than an hour. */
const scanEveryMs = 30 * 60_000;
/** A process that only runs a command has ended by then. */
const firstScanMs = 60_000;
/** A scan pauses this many times as long as it works. */
const scanPause = 9;
const pauseMaxMs = 1_000;
/** Reads every record, which takes seconds for each million of them. */
const dropEveryMs = 24 * 3_600_000;

export interface Housekeeping {
  /**
   * Waits for work in progress, and ends the audit chain of this process before its heartbeat. Throws what the store
   * throws when the chain cannot be ended.
   */
  stop(): Promise<void>;
}

export interface HousekeepingOptions {
  readonly membership: Membership;
  /** Retention of audit records. Undefined: forever. */
  readonly auditRetentionMs: number | undefined;
  readonly onError: (what: string, error: unknown) => void;
}

/**
 * The background work of a process: sends heartbeats, drops sealing keys that were destroyed, purges secrets that can
 * no longer be restored, drops sessions that ended long ago, checks the tables of the store, scans its rows, and drops
 * old audit records. Reports each failure to `onError`, and tries again later.
 */
export function startHousekeeping(
  context: Context,
  { membership, auditRetentionMs, onError }: HousekeepingOptions,
): Housekeeping {
  const life = repeat(
    heartbeatMs,
    async () => {
      await membership.beat();
      const keys = await context.store.listKeys();
      const { kid } = context.keyring.active;
      // Other processes may have taken this one for dead if it was suspended for long. It still needs its key.
      if (!keys.some((key) => key.purpose === "keyring" && key.kid === kid)) {
        await addActiveKey(context.store, context.keyring, context.now());
      }
      await context.sealing.forget(destroyedSealingKeys(keys));
    },
    (error) => onError("the heartbeat of this process was not stored", error),
  );
  const purge = repeat(
    purgeEveryMs,
    async () => void (await purgeRemoved(context)),
    (error) => onError("removed secrets were not purged", error),
  );
  purge.runNow();
  const sessions = repeat(
    purgeEveryMs,
    async () => {
      await dropOldSessions(context);
      await context.store.dropLogins(context.now());
    },
    (error) => onError("sessions that ended long ago were not dropped", error),
  );
  sessions.runNow();
  const layout = repeat(layoutEveryMs, createLayoutWatch(context), (error) =>
    onError("the tables of the store could not be checked", error),
  );
  const scanning = new AbortController();
  const scan = repeat(
    scanEveryMs,
    async () => context.integrity.noteScan(await scanStore(context, { pause: createPause(scanning.signal) })),
    (error) => {
      if (!scanning.signal.aborted) onError("the store could not be scanned", error);
    },
  );
  const firstScan = setTimeout(scan.runNow, firstScanMs);
  firstScan.unref();
  const drop = repeat(
    dropEveryMs,
    async () => {
      if (auditRetentionMs === undefined) return;
      const { problems } = await dropOldAudit(context, auditRetentionMs);
      if (problems.length > 0) throw new Error("the audit log does not verify; run 'oo audit verify'");
    },
    (error) => onError("old audit records were not dropped", error),
  );
  drop.runNow();
  return {
    async stop() {
      clearTimeout(firstScan);
      scanning.abort();
      await Promise.all([purge.stop(), sessions.stop(), layout.stop(), scan.stop(), drop.stop()]);
      try {
        // Others take a chain without an end for unfinished once its process is gone.
        await context.store.endAccess();
      } finally {
        await life.stop();
        await membership.leave().catch((error: unknown) => onError("this process could not be deregistered", error));
      }
    },
  };
}

/** Reports what was changed on the tables or collections, for as long as it is. */
function createLayoutWatch({ store, integrity }: Context): () => Promise<void> {
  let reported: readonly string[] = [];
  return async () => {
    const found = await store.changedLayout();
    for (const name of found) await integrity.report({ kind: "layout", cause: "edited", tenant: "", name });
    for (const name of reported) if (!found.includes(name)) integrity.forget("layout", "", name);
    reported = found;
  };
}

/** Gives other work its turn, and rejects when the scan must end. */
function createPause(signal: AbortSignal): () => Promise<void> {
  let startedAt = performance.now();
  return async () => {
    const pauseMs = Math.min((performance.now() - startedAt) * scanPause, pauseMaxMs);
    await delay(pauseMs, undefined, { signal, ref: false });
    startedAt = performance.now();
  };
}

/** Repeats some work, never twice at once. Does not keep the process alive. */
function repeat(everyMs: number, work: () => Promise<void>, onError: (error: unknown) => void) {
  let running: Promise<void> | undefined;
  const runNow = () => {
    running ??= work()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(runNow, everyMs);
  timer.unref();
  return {
    runNow,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
