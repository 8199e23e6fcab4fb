import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { JournalOptions, JournalPlace } from "../access-journals.ts";
import { requireCount, requireName, requireNames } from "../guard.ts";
import { requireProcess, requireRecord } from "../guard-writes.ts";
import type { KeyStore } from "../key-store.ts";
import type { StoreProcess } from "../process-registry.ts";
import type { Store } from "../store.ts";
import type { StoreSpace } from "../store-space.ts";
import { createAccessShipper } from "./access-shipper.ts";
import { createAuditStart } from "./audit-start.ts";
import { createCachedSecrets } from "./cached-secrets.ts";
import { createEventReader } from "./events.ts";
import { createSchemaCheck } from "./expected-schema.ts";
import { guarded, guardedAsync } from "./failure.ts";
import { requireLayout } from "./layout.ts";
import { createLoginReader } from "./logins.ts";
import { createNewestChanges } from "./newest-changes.ts";
import { createNewestReaders } from "./newest-readers.ts";
import { createReadProbe } from "./probe.ts";
import { createAuditReader } from "./read-audit.ts";
import { createFolderReader } from "./read-folder.ts";
import { createIdentityReader } from "./read-identity.ts";
import { createIndexReader } from "./read-index.ts";
import { createKeyUseReader } from "./read-keys.ts";
import { createSecretReader } from "./read-secrets.ts";
import { createUsageReader } from "./read-usage.ts";
import { createRestoreMark } from "./restore-mark.ts";
import { accessSchema, secretsSchema } from "./schema.ts";
import { createSnapshot } from "./snapshot.ts";
import { findUsedParts } from "./used-parts.ts";
import { createSecretWatch } from "./watch.ts";
import {
  checkpointMessage,
  identityMessage,
  keyMessage,
  keyReplacementMessage,
  loginMessage,
  rewrapMessage,
  secretsMessage,
} from "./write-message.ts";
import type { Writer } from "./writer.ts";

export interface SqliteParts {
  readonly changes: Writer;
  readonly access: Writer;
  /** Read-only connections of this thread. */
  readonly secretsDb: DatabaseSync;
  readonly accessDb: DatabaseSync;
  /** As in `SqliteStoreOptions`. */
  readonly cachedSecretsMax?: number | undefined;
  readonly journal?: JournalOptions | undefined;
  readonly leftJournals?: JournalPlace | undefined;
}

/** Puts readers and writers together. Owns its parts: `close` closes them. */
export function createSqliteStore(parts: SqliteParts): Store {
  const { changes, access, secretsDb, accessDb, cachedSecretsMax, journal, leftJournals: left } = parts;
  const cached = createCachedSecrets(cachedSecretsMax);
  const snapshot = createSnapshot(secretsDb, cached.clear);
  const reading = <T>(read: () => T): T => guarded(unreadable, () => snapshot.read(read));
  changes.beforeReplies(() => snapshot.end());
  const secrets = createSecretReader(secretsDb, cached);
  const folders = createFolderReader(secretsDb, reading);
  const identity = createIdentityReader(secretsDb);
  const keyUses = createKeyUseReader(secretsDb, reading);
  const usage = createUsageReader(secretsDb);
  const logins = createLoginReader(secretsDb);
  const audit = createAuditReader(secretsDb, accessDb);
  const index = createIndexReader(secretsDb);
  const newestChanges = createNewestChanges(secretsDb);
  const newestReaders = createNewestReaders(accessDb);
  const shipper = createAccessShipper(access, accessDb, audit);
  const path = accessDb.location() ?? "";
  const auditStart = createAuditStart({ changes, access, shipper, path, journal, left });
  const [checkSecrets, checkAccess] = [createSchemaCheck(secretsSchema), createSchemaCheck(accessSchema)];
  const readProbe = createReadProbe(secretsDb);
  const accessReadProbe = createReadProbe(accessDb);
  const watch = createSecretWatch(
    createEventReader(secretsDb, () => auditStart.auditKey),
    reading,
  );
  const keys: Pick<KeyStore, "listKeys" | "addKey" | "removeKey"> = {
    listKeys: async () => reading(() => identity.listKeys()),
    async addKey(key) {
      await changes.request(
        "add-key",
        writing(() => keyMessage(key)),
      );
    },
    async removeKey({ kid, purpose }) {
      writing(() => requireNames([kid, purpose], "kid"));
      await changes.request("remove-key", { kid, purpose });
    },
  };
  // Only one process serves a file, so no other process has to see this.
  const processes = new Map<string, StoreProcess>();
  let closing: Promise<void> | undefined;
  let ending: Promise<void> | undefined;

  /** Sees all records of this process, also those that were only in its journal. */
  async function readingRecords<T>(read: () => T | Promise<T>): Promise<T> {
    return guardedAsync(unreadable, async () => {
      await auditStart.records?.flush();
      return read();
    });
  }

  function endAccess(): Promise<void> {
    ending ??= auditStart.records?.close();
    return ending ?? Promise.resolve();
  }

  async function close(): Promise<void> {
    watch.close();
    try {
      await endAccess();
    } finally {
      await closeFiles();
    }
  }

  async function closeFiles(): Promise<void> {
    // Readers first: the last checkpoint can only empty a log that no connection reads.
    snapshot.end();
    secretsDb.close();
    accessDb.close();
    await Promise.all([changes.close(), access.close()]);
  }

  return {
    findSecrets: async (lookup) => reading(() => secrets.findSecrets(lookup)),
    // To find one costs next to nothing, see cached-secrets.ts.
    recallSecret: () => undefined,
    listSecrets: async (query) => reading(() => secrets.listSecrets(query)),
    listNames: async (query) => reading(() => secrets.listNames(query)),
    listFolder: (query) => guardedAsync(unreadable, () => folders.listFolder(query)),
    countFolder: async (query) => reading(() => folders.countFolder(query)),
    listHistory: async (tenant, key) => reading(() => secrets.listHistory(tenant, key)),
    listVersionNumbers: async (tenant, keys) => reading(() => secrets.listVersionNumbers(tenant, keys)),
    listIndex: async (...page) => reading(() => index.listIndex(...page)),
    indexOf: async (...name) => reading(() => index.indexOf(...name)),
    findIdempotency: async (...name) => reading(() => identity.findIdempotency(...name)),
    identityRevision: async (tenant) => reading(() => identity.identityRevision(tenant)),
    findUser: async (tenant, slug) => reading(() => identity.findUser(tenant, slug)),
    listUsers: async (...page) => reading(() => identity.listUsers(...page)),
    listTenants: async (...page) => reading(() => identity.listTenants(...page)),
    hasNoUsers: async () => reading(() => identity.hasNoUsers()),
    findTokenByHash: async (hash) => reading(() => identity.findTokenByHash(hash)),
    findToken: async (tenant, id) => reading(() => identity.findToken(tenant, id)),
    listTokens: async (...page) => reading(() => identity.listTokens(...page)),
    findUsersOfIssuer: async (...name) => reading(() => identity.findUsersOfIssuer(...name)),
    findUsersByHandle: async (handle) => reading(() => identity.findUsersByHandle(handle)),
    hasPasskeys: async () => reading(() => identity.hasPasskeys()),
    findSessionsOfIssuer: async (...name) => reading(() => identity.findSessionsOfIssuer(...name)),
    listEndedSessions: async (...page) => reading(() => identity.listEndedSessions(...page)),
    findPermits: async (...of) => reading(() => identity.findPermits(...of)),
    listPermits: async (...page) => reading(() => identity.listPermits(...page)),
    findLogin: async (id) => reading(() => logins.findLogin(id)),
    countLogins: async () => reading(() => logins.countLogins()),
    async writeLogin(write) {
      return changes.request(
        "write-login",
        writing(() => loginMessage(write)),
      );
    },
    async dropLogins(untilMs) {
      writing(() => requireCount(untilMs, "untilMs"));
      await changes.request("drop-logins", untilMs);
    },
    listKeys: keys.listKeys,
    ...createRestoreMark(keys),
    listRemoved: async (...page) => reading(() => secrets.listRemoved(...page)),
    countByKey: async (nowMs) => guardedAsync(unreadable, () => keyUses.countByKey(nowMs)),
    listUnderKey: async (...page) => keyUses.listUnderKey(...page),
    listChains: async () => reading(() => audit.listChains()),
    readAudit: (...page) => readingRecords(() => audit.readAudit(...page)),
    lastPosition: (...of) => readingRecords(() => audit.lastPosition(...of)),
    listCheckpoints: async () => guarded(unreadable, () => audit.listCheckpoints()),
    newestChanges: async (...of) => reading(() => newestChanges(...of)),
    newestReaders: (...of) => readingRecords(() => newestReaders(...of)),
    completeUntilMs: (nowMs) => readingRecords(() => nowMs),
    listAudit: (query) => readingRecords(() => audit.listAudit(query)),

    findUsage: async (...of) => reading(() => usage.findUsage(...of)),
    listUsage: async (...page) => reading(() => usage.listUsage(...page)),
    countLiveTokens: async (...of) => reading(() => usage.countLiveTokens(...of)),
    listSurplusTokens: async (...of) => reading(() => usage.listSurplusTokens(...of)),
    findQuotas: async (tenant) => reading(() => usage.findQuotas(tenant)),
    usedParts: () => readingRecords(() => reading(() => findUsedParts(secretsDb, accessDb))),
    describeServer: async () => undefined,
    describeSpace: () => guardedAsync(unreadable, () => describeSpace(secretsDb)),
    changedLayout: async () => reading(() => [...checkSecrets(secretsDb), ...checkAccess(accessDb)]),
    async probe() {
      reading(readProbe);
      guarded(unreadable, accessReadProbe);
      auditStart.records?.requireRoom();
      await Promise.all([changes.probe(), access.probe()]);
    },
    watchSecrets: (options) => watch.watchSecrets(options),
    async commitSecrets(commit) {
      auditStart.require();
      const request = writing(() => secretsMessage(commit));
      try {
        return await changes.request("commit-secrets", request);
      } finally {
        watch.wake();
      }
    },
    async commitIdentity(commit) {
      auditStart.require();
      return changes.request(
        "commit-identity",
        writing(() => identityMessage(commit)),
      );
    },
    addKey: keys.addKey,
    async replaceKeyData(key, former) {
      return changes.request(
        "replace-key-data",
        writing(() => keyReplacementMessage({ key, former })),
      );
    },
    removeKey: keys.removeKey,
    async rewrap(rewraps) {
      return changes.request(
        "rewrap",
        writing(() => rewrapMessage(rewraps)),
      );
    },
    async forgetIdempotency(kids) {
      writing(() => requireNames(kids, "kids"));
      await changes.request("forget-idempotency", [...kids]);
    },
    async keepProcess(process) {
      writing(() => requireProcess(process));
      reading(() => requireLayout(secretsDb));
      guarded(unreadable, () => requireLayout(accessDb));
      processes.set(process.id, process);
    },
    listProcesses: async () => [...processes.values()],
    async removeProcess(id) {
      writing(() => requireName(id, "id"));
      processes.delete(id);
    },
    async dropAudit(checkpoint) {
      const writer = checkpoint.sink === "changes" ? changes : access;
      await writer.request(
        "drop-audit",
        writing(() => checkpointMessage(checkpoint)),
      );
    },
    endAccess,
    beginAudit: (options) => auditStart.begin(options),
    async appendAccess(records) {
      const journaled = auditStart.require();
      writing(() => records.forEach(requireRecord));
      if (records.length > 0) await journaled.append(records);
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

async function describeSpace(db: DatabaseSync): Promise<StoreSpace> {
  const { bavail, blocks, bsize } = await statfs(dirname(db.location() ?? "."));
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}

const unreadable = "the store could not be read";

/** Turns mistakes of a caller that no check covers, such as a missing object, into a `StoreError`. */
function writing<T>(prepare: () => T): T {
  return guarded("the store was given something that it cannot store", prepare);
}
