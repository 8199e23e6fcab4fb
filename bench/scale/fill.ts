import { readConfig } from "../../src/config/config.ts";
import { sealDocument } from "../../src/secrets/document.ts";
import { openCore } from "../../src/service/core.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import { secretValue } from "../secret.ts";
import { allRole, fewRole, fewSecrets, keyAt, teamAt } from "./names.ts";

const tenant = "default";
const inOneCommit = 500;

/**
 * Puts `count` real, sealed documents into the empty store of a stopped service, past the rules of the service. Only a
 * few users see the last ten. Returns secrets per second.
 */
export async function fill(environment: NodeJS.ProcessEnv, count: number): Promise<number> {
  const core = await openCore(readConfig({ ...environment }, noFlags), Date.now);
  const { store, keyring } = core.context;
  const startedAt = performance.now();
  const seal = (at: number) =>
    sealDocument(keyring, fieldsOf(at, count), { value: secretValue, sealedDigest: undefined });
  try {
    for (let start = 0; start < count; start += inOneCommit) {
      const indexes = Array.from({ length: Math.min(inOneCommit, count - start) }, (_, offset) => start + offset);
      const changes = indexes.map((at) => ({ secret: seal(at), expectedVersion: 0 }));
      const { status } = await store.commitSecrets({ tenant, changes, audit: [], idempotency: undefined });
      if (status !== "committed") throw new Error(`a commit of the filling is ${status}`);
    }
    return count / ((performance.now() - startedAt) / 1000);
  } finally {
    await core.close();
  }
}

function fieldsOf(index: number, count: number): Omit<StoredSecret, "kid" | "envelope"> {
  const time = Date.now();
  const few = index >= count - fewSecrets ? [fewRole] : [];
  const team = teamAt(index);
  return {
    format: 1,
    tenant,
    id: `secr_scale_${index}`,
    key: keyAt(index),
    version: 1,
    owner: "admin",
    lists: {
      readers: [allRole, ...few, team],
      writers: [allRole],
      deleters: [team],
      canChangeReaders: [],
      canChangeWriters: [],
      canChangeDeleters: [],
    },
    metadata: [["team", team]],
    createdAtMs: time,
    createdBy: "admin",
    updatedAtMs: time,
    updatedBy: "admin",
    valueChangedAtMs: time,
    removed: false,
  };
}

const noFlags = {
  store: undefined,
  dataDir: undefined,
  listen: undefined,
  tlsCert: undefined,
  tlsKey: undefined,
  auditSync: undefined,
  reflection: undefined,
};
