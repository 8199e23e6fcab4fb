import type { DatabaseSync } from "node:sqlite";
import { requireRecord } from "../guard.ts";
import { type Store, StoreError } from "../store.ts";
import { createAuditStart } from "./audit-start.ts";
import { guarded, guardedAsync } from "./failure.ts";
import { createAuditReader } from "./read-audit.ts";
import { createIdentityReader } from "./read-identity.ts";
import { createSecretReader } from "./read-secrets.ts";
import { createSnapshot } from "./snapshot.ts";
import { identityMessage, keyMessage, keyReplacementMessage, secretsMessage } from "./write-message.ts";
import type { Writer } from "./writer.ts";

export interface SqliteParts {
  readonly changes: Writer;
  readonly access: Writer;
  /** Read-only connections of this thread. */
  readonly secretsDb: DatabaseSync;
  readonly accessDb: DatabaseSync;
}

/** Puts readers and writers together. Owns its parts: `close` closes them. */
export function createSqliteStore({ changes, access, secretsDb, accessDb }: SqliteParts): Store {
  const snapshot = createSnapshot(secretsDb);
  const reading = <T>(read: () => T): T => guarded(unreadable, () => snapshot.read(read));
  changes.beforeReplies(() => snapshot.end());
  const secrets = createSecretReader(secretsDb);
  const identity = createIdentityReader(secretsDb);
  const audit = createAuditReader(secretsDb, accessDb);
  const auditStart = createAuditStart(changes, access);
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    // Readers first: the last checkpoint can only empty a log that nobody reads.
    snapshot.end();
    secretsDb.close();
    accessDb.close();
    await Promise.all([changes.close(), access.close()]);
  }

  return {
    findSecrets: async (lookup) => reading(() => secrets.findSecrets(lookup)),
    listSecrets: async (query) => reading(() => secrets.listSecrets(query)),
    listNames: async (query) => reading(() => secrets.listNames(query)),
    listHistory: async (tenant, key) => reading(() => secrets.listHistory(tenant, key)),
    findIdempotency: async (...name) => reading(() => identity.findIdempotency(...name)),
    identityRevision: async (tenant) => reading(() => identity.identityRevision(tenant)),
    findUser: async (tenant, slug) => reading(() => identity.findUser(tenant, slug)),
    listUsers: async (...page) => reading(() => identity.listUsers(...page)),
    hasNoUsers: async () => reading(() => identity.hasNoUsers()),
    findTokenByHash: async (hash) => reading(() => identity.findTokenByHash(hash)),
    findToken: async (tenant, id) => reading(() => identity.findToken(tenant, id)),
    listTokens: async (...page) => reading(() => identity.listTokens(...page)),
    listKeys: async () => reading(() => identity.listKeys()),
    listChains: async () => reading(() => audit.listChains()),
    listAudit: (query) => guardedAsync(unreadable, () => audit.listAudit(query)),

    async commitSecrets(commit) {
      auditStart.require();
      return changes.request(
        "commit-secrets",
        writing(() => secretsMessage(commit)),
      );
    },
    async commitIdentity(commit) {
      auditStart.require();
      return changes.request(
        "commit-identity",
        writing(() => identityMessage(commit)),
      );
    },
    async addKey(key) {
      await changes.request(
        "add-key",
        writing(() => keyMessage(key)),
      );
    },
    async replaceKeyData(key, former) {
      return changes.request(
        "replace-key-data",
        writing(() => keyReplacementMessage({ key, former })),
      );
    },
    beginAudit: (options) => auditStart.begin(options),
    async appendAccess(records) {
      auditStart.require();
      writing(() => records.forEach(requireRecord));
      if (records.length === 0) return;
      // Whether it was stored after all does not matter: what waits for the record is not done.
      await access.request("append", JSON.stringify(records)).catch((cause: unknown) => {
        throw new StoreError("unavailable", "the record could not be stored", { cause });
      });
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

const unreadable = "the store could not be read";

/** What a caller got wrong in a way that no check foresaw, such as a missing object, is a `StoreError` as well. */
function writing<T>(prepare: () => T): T {
  return guarded("the store was given something that it cannot keep", prepare);
}
