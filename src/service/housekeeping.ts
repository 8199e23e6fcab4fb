import { dropOldAudit } from "../audit-log/drop-old-audit.ts";
import { addActiveKey } from "../keys/keys-in-use.ts";
import { heartbeatMs, type Membership } from "../keys/processes.ts";
import { destroyedSealingKeys } from "../keys/sealing-keys.ts";
import type { Context } from "../rules/context.ts";
import { purgeRemoved } from "../secrets/purge-removed.ts";

const purgeEveryMs = 3_600_000;
/** Looks at every record, which takes seconds for each million of them. */
const dropEveryMs = 24 * 3_600_000;

export interface Housekeeping {
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

export interface HousekeepingOptions {
  readonly membership: Membership;
  /** How old audit records become; undefined: as old as you like. */
  readonly auditRetentionMs: number | undefined;
  readonly onError: (what: string, error: unknown) => void;
}

/**
 * What a process does by itself, as long as it runs: it tells the others that it does, learns which sealing keys were
 * destroyed, purges what cannot be brought back, and drops old audit records. What fails is told to `onError` and done again later.
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
      // One that stood still for long, and was taken for dead meanwhile, needs its key all the same.
      if (!keys.some((key) => key.purpose === "keyring" && key.kid === kid)) {
        await addActiveKey(context.store, context.keyring, context.now());
      }
      context.sealing.forget(destroyedSealingKeys(keys));
    },
    (error) => onError("the heartbeat of this process was not stored", error),
  );
  const purge = repeat(
    purgeEveryMs,
    async () => void (await purgeRemoved(context)),
    (error) => onError("removed secrets were not purged", error),
  );
  purge.runNow();
  const drop = repeat(
    dropEveryMs,
    async () => {
      if (auditRetentionMs === undefined) return;
      const { problems } = await dropOldAudit(context, auditRetentionMs);
      if (problems.length > 0) throw new Error("the audit log is not what was recorded; see oo audit verify");
    },
    (error) => onError("old audit records were not dropped", error),
  );
  drop.runNow();
  return {
    async stop() {
      await Promise.all([life.stop(), purge.stop(), drop.stop()]);
      await membership.leave().catch((error: unknown) => onError("the end of this process was not stored", error));
    },
  };
}

/** Does some work every so often, never twice at once, and never keeps the process alive. */
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
