import { createQuotas } from "../admission/quotas.ts";
import { createAccessLog } from "../audit/access-log.ts";
import { requireRestored } from "../backup/write-store.ts";
import type { Config } from "../config/config.ts";
import type { ConfiguredKeys } from "../config/keys.ts";
import { selfTestCrypto } from "../crypto/self-test.ts";
import type { Follower } from "../files/follow-files.ts";
import { addActiveKey, checkKeysInUse, openAuditKey } from "../keys/keys-in-use.ts";
import { joinProcesses } from "../keys/processes.ts";
import { openSealing } from "../keys/sealing-keys.ts";
import { log } from "../log/log.ts";
import { measureStore } from "../metrics/measured-store.ts";
import { createRotation, type Rotation } from "../rotation/rotation.ts";
import type { Context } from "../rules/context.ts";
import { createIntegrity } from "../rules/integrity.ts";
import { createLastChanges, noticingCommits } from "../rules/last-changes.ts";
import { gateLayout } from "../store/layout-gate.ts";
import { withAuditExport } from "./audit-export.ts";
import { makeDataDirectory } from "./data-directory.ts";
import { beginFirstStart, requireUsers } from "./first-start.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { keysOfStore, openStore, type StoreUse } from "./open-store.ts";
import type { Meters } from "./operations.ts";
import { requireWholeStore } from "./whole-store.ts";

/** The service without a transport: store, keyring, audit log. */
export interface OpenCore {
  readonly context: Context;
  readonly keys: ConfiguredKeys;
  readonly rotation: Rotation;
  /**
   * Resolves when the process has to end: a newer version of the program migrates the store, and every call is refused;
   * or the disk of its journal has failed, and nothing more can be recorded.
   */
  readonly finished: Promise<Error>;
  close(): Promise<void>;
}

/** How records gather before they are appended. */
function pacesOf({ mongoUri, accessJournal }: Config, use: StoreUse) {
  const isJournaled = accessJournal !== undefined && use === "serve";
  if (mongoUri !== undefined) return { isFile: isJournaled };
  // An append by the writer thread takes less than a millisecond, one to the journal much less.
  return isJournaled ? { enoughMin: 64, turnsMax: 8 } : { atOnce: 2 };
}

/**
 * Opens the store and checks that the keys fit it. Registers this process, begins the audit chains and starts the
 * background work. With a `follower`, the store's files of certificates are read again when they change.
 */
export async function openCore(
  config: Config,
  now: () => number,
  meters?: Meters,
  use: StoreUse = "use",
  follower?: Follower,
): Promise<OpenCore> {
  selfTestCrypto();
  makeDataDirectory(config.dataDir);
  const opened = gateLayout(await openStore(config, use, follower));
  const measured = meters === undefined ? opened.store : measureStore(opened.store, meters);
  const store = await withAuditExport(measured, config);
  let leave = async () => {};
  try {
    await requireRestored(store);
    await requireWholeStore(store);
    const keys = await keysOfStore(config, store);
    await checkKeysInUse(store, keys.keyring, now());
    const start = { store, keyring: keys.keyring, now };
    await beginFirstStart(start);
    if (use === "serve") await requireUsers(start);
    const auditKey = await openAuditKey(store, keys.keyring, now());
    const membership = await joinProcesses(store, keys.keyring);
    leave = () => membership.leave();
    // Check again: a restore that begins from now on sees this process, but one may have begun before.
    await requireRestored(store);
    await addActiveKey(store, keys.keyring, now());
    const broken = Promise.withResolvers<Error>();
    const onBroken = broken.resolve;
    await store.beginAudit({ auditKey, chain: membership.id, startedAtMs: now(), now, onBroken });
    const accessLog = createAccessLog({
      append: (records) => store.appendAccess(records),
      ...pacesOf(config, use),
    });
    const sealing = await openSealing(store, keys.keyring, now());
    const { legacyKey } = config;
    const monotonicMs = () => performance.now();
    const quotas = createQuotas({ store, defaults: config.quotas, monotonicMs });
    const integrity = createIntegrity({
      now,
      record: (records) => accessLog.record(records),
      onNew: (message) => log("error", message),
    });
    const lastChanges = createLastChanges({ store, isShared: config.mongoUri !== undefined });
    const context = {
      store: noticingCommits(store, lastChanges),
      keyring: keys.keyring,
      sealing,
      legacyKey,
      accessLog,
      quotas,
      integrity,
      lastChanges,
      auditKey,
      now,
    };
    const rotation = createRotation(context);
    const { auditRetentionMs } = config;
    const onError = (what: string, error: unknown) => log("error", what, error);
    const housekeeping = startHousekeeping(context, { membership, auditRetentionMs, onError });
    const close = async () => {
      await rotation.stop();
      await housekeeping.stop().finally(() => store.close());
    };
    const finished = Promise.race([opened.outdated, broken.promise]);
    return { context, keys, rotation, finished, close };
  } catch (error) {
    // Report the original failure, even if this process cannot be deregistered.
    await leave().catch(() => undefined);
    await store.close();
    throw error;
  }
}
