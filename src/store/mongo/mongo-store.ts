import type { Db, MongoClient } from "mongodb";
import type { JournalOptions, JournalPlace } from "../access-journals.ts";
import { requireCheckpoint, requireCommit, requireIdentityCommit, requireRecord } from "../guard-writes.ts";
import type { Store } from "../store.ts";
import { StoreError } from "../store-error.ts";
import type { Usage } from "../usage.ts";
import { createAbandonedTransactions } from "./commit/abandoned-transactions.ts";
import { proveMajority } from "./commit/access-shipper.ts";
import type { AccessWriter } from "./commit/access-writer.ts";
import { beginAccess } from "./commit/begin-access.ts";
import { createChangeWriter } from "./commit/change-writer.ts";
import { createCommitCleanup } from "./commit/commit-cleanup.ts";
import { dropAudit } from "./commit/drop-audit.ts";
import { createKnownHeld } from "./commit/known-held.ts";
import { createProcesses } from "./commit/process-registry.ts";
import { createRewrapper } from "./commit/rewrap-rows.ts";
import { createShippedNote } from "./commit/shipped-note.ts";
import { createTransactions, type Transactions } from "./commit/transaction.ts";
import { createUsageLedger } from "./commit/usage-ledger.ts";
import { createUsageNotes } from "./commit/usage-notes.ts";
import { createKeyWriter } from "./commit/write-keys.ts";
import { createLoginWriter } from "./commit/write-logins.ts";
import { createWriteProbe } from "./commit/write-probe.ts";
import { changedCollections } from "./connect/changed-collections.ts";
import { appName, type StoreTimes } from "./connect/connect.ts";
import { describeServer } from "./connect/describe-server.ts";
import { describeSpace } from "./connect/describe-space.ts";
import { guarded } from "./connect/failure.ts";
import type { ConnectionWatch } from "./connect/primary-watch.ts";
import { createBoundedFence } from "./read/bounded-fence.ts";
import { createNewestChanges } from "./read/newest-changes.ts";
import { createNewestReaders } from "./read/newest-readers.ts";
import { createAuditReader } from "./read/read-audit.ts";
import { createReadFence } from "./read/read-fence.ts";
import { createIdentityReader } from "./read/read-identity.ts";
import { createIndexReader } from "./read/read-index.ts";
import { createKeyUseReader } from "./read/read-key-uses.ts";
import { createSecretReader } from "./read/read-secrets.ts";
import { createUsageReader } from "./read/read-usage.ts";
import { findUsedParts } from "./read/used-parts.ts";
import { createRestoreMark } from "./restore/restore-mark.ts";
import type { Named } from "./rows/schema.ts";
import type { EventProof } from "./watch/event-stream.ts";
import { createSecretWatch } from "./watch/watch.ts";

export interface MongoParts {
  readonly client: MongoClient;
  readonly db: Db;
  readonly watch: ConnectionWatch;
  readonly times: StoreTimes;
  readonly journal: JournalOptions | undefined;
  readonly leftJournals: JournalPlace | undefined;
}

const unreadable = "the store could not be read";
const unwritable = "the store could not write";

/** Puts readers and writers together. Owns the client: `close` closes it. */
export function createMongoStore({ client, db, watch, times, journal, leftJournals: left }: MongoParts): Store {
  const { commandMs, writeMs } = times;
  const bounded = journal && createBoundedFence({ watch, writeToMajority: () => proveMajority(db, commandMs) });
  const fence = bounded ?? createReadFence({ watch, writeToMajority: () => countPrimaries(db, commandMs) });
  const journaled = journal && bounded && { journal, fence: bounded };
  const secrets = createSecretReader(db, commandMs);
  const identity = createIdentityReader(db, commandMs);
  const audit = createAuditReader(db, commandMs);
  const index = createIndexReader(db, commandMs);
  const newestChanges = createNewestChanges(db, commandMs);
  const newestReaders = createNewestReaders(db, commandMs);
  const keyUses = createKeyUseReader(db, commandMs);
  const rewrapper = createRewrapper(db, commandMs);
  const note = createShippedNote(db, commandMs);
  const processes = createProcesses(db, commandMs, note);
  const endAbandoned = createAbandonedTransactions(client, appName, commandMs);
  const mark = createRestoreMark(client, db, commandMs, endAbandoned);
  const keys = createKeyWriter(db, mark, commandMs);
  const logins = createLoginWriter(db, commandMs);
  const cleanup = createCommitCleanup(db, mark, commandMs);
  const usage = createUsageReader(db, commandMs);
  const notes = createUsageNotes({ client, db, mark, maxTimeMs: commandMs, slot: () => processes.slot() });
  const ledger = createUsageLedger((...of) => fence.read(() => findUsage(...of)));
  const counting = { ledger, notes, known: createKnownHeld() };
  const writer = createChangeWriter({
    db,
    fence,
    cleanup,
    counting,
    writeMs,
    commandMs,
    transactions: () => begun().transactions,
    auditKey: () => begun().start.auditKey,
  });
  const events = createSecretWatch(db, fence, () => begun().start);
  const probe = createWriteProbe(client, db, commandMs);
  let sinks:
    | { readonly transactions: Transactions; readonly access: AccessWriter; readonly start: EventProof }
    | "starting"
    | undefined;
  let closing: Promise<void> | undefined;
  let ending: Promise<void> | undefined;

  /** What all processes have committed up to now. */
  async function findUsage(tenant: string, slug: string): Promise<Usage> {
    await notes.addAll();
    return usage.findUsage(tenant, slug);
  }

  function begun() {
    if (sinks === undefined || sinks === "starting") throw new StoreError("unavailable", "audit has not begun");
    return sinks;
  }

  function requireOpen(): void {
    if (closing !== undefined) throw new StoreError("unavailable", "the store is closed");
  }

  const reading = <T>(read: () => Promise<T>): Promise<T> =>
    guarded(unreadable, () => {
      requireOpen();
      return fence.read(read);
    });
  /** Sees all records of this process, also those that were only in its journal. */
  const readingRecords = <T>(read: () => Promise<T>): Promise<T> =>
    reading(async () => {
      if (sinks !== undefined && sinks !== "starting") await sinks.access.flush();
      return read();
    });
  const writing = <T>(write: () => Promise<T>): Promise<T> =>
    guarded(unwritable, () => {
      requireOpen();
      return write();
    });
  // Known from the last look, because asking before each commit would cost a round trip.
  let changed: readonly string[] = [];

  async function lookForChanges(): Promise<readonly string[]> {
    changed = await changedCollections(db, commandMs);
    return changed;
  }

  function requireUnchanged(): void {
    if (changed.length > 0) throw new StoreError("unavailable", changed.join("; "), { fault: "changed" });
  }

  async function beginAudit(options: Parameters<Store["beginAudit"]>[0]): Promise<void> {
    if (sinks !== undefined) throw new StoreError("unavailable", "audit has begun already");
    sinks = "starting";
    try {
      const { chains, access } = await beginAccess(
        { db, mark, audit, commandMs, fence, journaled, left, note },
        options,
      );
      await notes.begin(chains.nameOfChanges);
      sinks = {
        transactions: createTransactions({ client, db, chain: chains.changes, mark, fence, commandMs, endAbandoned }),
        access,
        start: options,
      };
    } catch (error) {
      sinks = undefined;
      throw error;
    }
  }

  function endAccess(): Promise<void> {
    ending ??= sinks === undefined || sinks === "starting" ? Promise.resolve() : sinks.access.close();
    return ending.finally(() => note.close());
  }

  async function close(): Promise<void> {
    await events.close();
    await writer.close();
    try {
      await endAccess();
    } finally {
      await cleanup.close();
      await notes.close();
      await client.close();
    }
  }

  return {
    findSecrets: (lookup) => reading(() => secrets.findSecrets(lookup)),
    recallSecret: writer.recallSecret,
    listSecrets: (query) => reading(() => secrets.listSecrets(query)),
    listNames: (query) => reading(() => secrets.listNames(query)),
    listFolder: (query) => reading(() => secrets.listFolder(query)),
    countFolder: (query) => reading(() => secrets.countFolder(query)),
    listHistory: (tenant, key) => reading(() => secrets.listHistory(tenant, key)),
    listVersionNumbers: (tenant, keys) => reading(() => secrets.listVersionNumbers(tenant, keys)),
    listIndex: (...page) => reading(() => index.listIndex(...page)),
    indexOf: (...name) => reading(() => index.indexOf(...name)),
    findIdempotency: (...name) => reading(() => identity.findIdempotency(...name)),
    identityRevision: (tenant) => reading(() => identity.identityRevision(tenant)),
    findUser: (tenant, slug) => reading(() => identity.findUser(tenant, slug)),
    listUsers: (...page) => reading(() => identity.listUsers(...page)),
    listTenants: (...page) => reading(() => identity.listTenants(...page)),
    hasNoUsers: () => reading(() => identity.hasNoUsers()),
    findTokenByHash: (hash) => reading(() => identity.findTokenByHash(hash)),
    findToken: (tenant, id) => reading(() => identity.findToken(tenant, id)),
    listTokens: (...page) => reading(() => identity.listTokens(...page)),
    findUsersOfIssuer: (...name) => reading(() => identity.findUsersOfIssuer(...name)),
    findUsersByHandle: (handle) => reading(() => identity.findUsersByHandle(handle)),
    hasPasskeys: () => reading(() => identity.hasPasskeys()),
    findSessionsOfIssuer: (...name) => reading(() => identity.findSessionsOfIssuer(...name)),
    listEndedSessions: (...page) => reading(() => identity.listEndedSessions(...page)),
    findPermits: (...of) => reading(() => identity.findPermits(...of)),
    listPermits: (...page) => reading(() => identity.listPermits(...page)),
    findLogin: (id) => reading(() => identity.findLogin(id)),
    countLogins: () => reading(() => identity.countLogins()),
    writeLogin: (write) =>
      writing(() => {
        requireUnchanged();
        return logins.writeLogin(write);
      }),
    dropLogins: (untilMs) => writing(() => logins.dropLogins(untilMs)),
    findUsage: (...of) => reading(() => findUsage(...of)),
    listUsage: (after, limit) =>
      reading(async () => {
        if (after.tenant === "") await notes.addAll();
        return usage.listUsage(after, limit);
      }),
    countLiveTokens: (...of) => reading(() => usage.countLiveTokens(...of)),
    listSurplusTokens: (...of) => reading(() => usage.listSurplusTokens(...of)),
    findQuotas: (tenant) => reading(() => usage.findQuotas(tenant)),
    usedParts: () => readingRecords(() => findUsedParts(db, commandMs)),
    describeSpace: () => reading(() => describeSpace(db, commandMs)),
    probe: () =>
      writing(async () => {
        requireUnchanged();
        await reading(() => identity.hasNoUsers());
        if (sinks !== undefined && sinks !== "starting") sinks.access.requireRoom();
        await probe.run();
      }),
    changedLayout: () => reading(lookForChanges),
    describeServer: () => reading(() => describeServer(client, db, commandMs)),
    listKeys: () => reading(() => identity.listKeys()),
    newestChanges: (...of) => reading(() => newestChanges(...of)),
    newestReaders: (...of) => readingRecords(() => newestReaders(...of)),
    completeUntilMs: (...of) => readingRecords(() => note.completeUntilMs(...of)),
    listAudit: (query) => readingRecords(() => audit.listAudit(query)),
    listRemoved: (...page) => reading(() => secrets.listRemoved(...page)),
    countByKey: (nowMs) => reading(() => keyUses.countByKey(nowMs)),
    listUnderKey: (...page) => reading(() => keyUses.listUnderKey(...page)),
    listProcesses: (withinMs) => reading(() => processes.listProcesses(withinMs)),
    keepProcess: (process) => writing(() => processes.keepProcess(process)),
    removeProcess: (id) => writing(() => processes.removeProcess(id)),
    rewrap: (rewraps) => writing(() => rewrapper.rewrap(rewraps)),
    forgetIdempotency: (kids) => writing(() => rewrapper.forgetIdempotency(kids)),
    removeKey: (key) => writing(() => keys.removeKey(key)),
    takeRestoreMark: (...of) => writing(() => mark.takeRestoreMark(...of)),
    removeRestoreMark: () => writing(() => mark.removeRestoreMark()),
    async *watchSecrets(options) {
      requireOpen();
      yield* events.watchSecrets(options);
    },
    listChains: () => reading(() => audit.listChains()),
    readAudit: (...page) => readingRecords(() => audit.readAudit(...page)),
    lastPosition: (...of) => reading(() => audit.lastPosition(...of)),
    listCheckpoints: () => reading(() => audit.listCheckpoints()),
    dropAudit: (checkpoint) =>
      writing(async () => {
        requireCheckpoint(checkpoint);
        if (checkpoint.sink === "changes") await notes.addChain(checkpoint.chain);
        await dropAudit(db, checkpoint, commandMs);
      }),
    addKey: (key) => writing(() => keys.addKey(key)),
    replaceKeyData: (key, former) => writing(() => keys.replaceKeyData(key, former)),
    endAccess: () => writing(endAccess),
    beginAudit: (options) => writing(() => beginAudit(options)),
    commitSecrets: (commit) =>
      writing(() => {
        begun();
        requireUnchanged();
        requireCommit(commit);
        return probe.observe(writer.commitSecrets(commit));
      }),
    commitIdentity: (commit) =>
      writing(() => {
        begun();
        requireUnchanged();
        requireIdentityCommit(commit);
        return probe.observe(writer.commitIdentity(commit));
      }),
    appendAccess: (records) =>
      writing(async () => {
        const { access } = begun();
        requireUnchanged();
        for (const record of records) requireRecord(record);
        if (records.length === 0) return;
        await access.append(records);
        fence.requireSamePrimary(Math.min(...records.map(({ timeMs }) => timeMs)));
      }),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** A write whose only purpose is that a majority of the members has it. */
async function countPrimaries(db: Db, maxTimeMS: number): Promise<void> {
  const counted = { $inc: { count: 1 } };
  const writeConcern = { w: "majority", journal: true, wtimeoutMS: maxTimeMS } as const;
  await db
    .collection<Named>("meta")
    .updateOne({ _id: { $eq: "primaries" } }, counted, { upsert: true, maxTimeMS, writeConcern });
}
