import { create } from "@bufbuild/protobuf";
import { type ListSecretsResponse, ListSecretsResponseSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { createAccessLog } from "../../src/audit/access-log.ts";
import type { KeyringKey } from "../../src/crypto/keyring.ts";
import type { Context } from "../../src/rules/context.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";

/** A service on the embedded store that lacks one part. */
export interface Variant {
  /** Works with this context instead. */
  readonly context?: (context: Context, dataDir: string) => Promise<Context>;
  /** Answers this instead to ListSecrets. */
  readonly answer?: (answer: ListSecretsResponse) => ListSecretsResponse;
  /** Checks the token of each call. */
  readonly forgetsCallers?: boolean;
}

export const variants = {
  complete: {},
  "cached-secrets": {
    context: async (context, directory) => {
      const other = await openSqliteStore({ directory, auditSync: "process", cachedSecretsMax: 0 });
      return { ...context, store: { ...context.store, findSecrets: other.findSecrets } };
    },
  },
  /** Copies are not frozen, so what follows from their fields is worked out each time. */
  document: {
    context: async (context) => {
      const findSecrets: Store["findSecrets"] = async (lookup) =>
        (await context.store.findSecrets(lookup)).map((secret) => ({ ...secret }));
      return { ...context, store: { ...context.store, findSecrets } };
    },
  },
  "envelope-keys": {
    context: async (context) => {
      const { keyring } = context;
      const keys = keyring.keys.map((key): KeyringKey => ({ ...key, cachedEnvelopesMax: 0 }));
      return { ...context, keyring: { ...keyring, get: (kid) => keys.find((key) => key.kid === kid) } };
    },
  },
  "list-response": {
    answer: ({ secrets, missingKeys, missingIds, errors, nextPageToken }) =>
      create(ListSecretsResponseSchema, { secrets, missingKeys, missingIds, errors, nextPageToken }),
  },
  authenticate: { forgetsCallers: true },
  "access-log": {
    context: async (context) => {
      const { accessLog, store } = context;
      return { ...context, accessLog: { ...accessLog, record: (records) => store.appendAccess(records) } };
    },
  },
  "access-log-at-once": { context: withAccessLog({ atOnce: 1 }) },
  "access-log-turns": { context: withAccessLog({ atOnce: 2, turnsMax: 0 }) },
} satisfies Record<string, Variant>;

export type VariantName = keyof typeof variants;

function withAccessLog(options: { readonly atOnce: number; readonly turnsMax?: number }) {
  return async (context: Context): Promise<Context> => {
    const accessLog = createAccessLog({ ...options, append: (records) => context.store.appendAccess(records) });
    return { ...context, accessLog };
  };
}
