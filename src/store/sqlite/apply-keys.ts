import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Rewrap, RewrappableKind } from "../rewrappable-rows.ts";
import type { StoredKey } from "../stored-key.ts";
import type { Applied } from "./group-commit.ts";
import type { KeyReplacement } from "./writer-requests.ts";

/**
 * Prepares the addition of keys. An existing key stays as it is, and so does the one audit key. Keys that
 * cannot be made again are written down as facts.
 */
export function createKeyInsert(db: DatabaseSync): (key: StoredKey) => Applied {
  const insert = db.prepare(
    "INSERT INTO keys (purpose, kid, data, created_at_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const note = db.prepare(`INSERT OR IGNORE INTO facts SELECT 'key', purpose || ' ' || kid FROM keys
    WHERE purpose = ? AND kid = ? AND purpose IN ('audit', 'sealing')`);
  return (key) => {
    insert.run(key.purpose, key.kid, key.data, key.createdAtMs);
    note.run(key.purpose, key.kid);
    return { outcome: undefined, keep: true, audit: [] };
  };
}

/** Prepares the compare-and-set of a key's data. */
export function createKeyReplace(db: DatabaseSync): (replacement: KeyReplacement) => Applied {
  const update = db.prepare("UPDATE keys SET data = ? WHERE purpose = ? AND kid = ? AND data = ?");
  return ({ key, former }) => {
    const { changes } = update.run(key.data, key.purpose, key.kid, former);
    return { outcome: Number(changes) > 0, keep: true, audit: [] };
  };
}

/** Prepares the deletion of keys. */
export function createKeyRemoval(db: DatabaseSync): (key: Pick<StoredKey, "kid" | "purpose">) => Applied {
  const remove = db.prepare("DELETE FROM keys WHERE purpose = ? AND kid = ?");
  const forget = db.prepare("DELETE FROM facts WHERE kind = 'key' AND name = ?");
  return ({ purpose, kid }) => {
    remove.run(purpose, kid);
    forget.run(`${purpose} ${kid}`);
    return { outcome: undefined, keep: true, audit: [] };
  };
}

/** Prepares the compare-and-set of what a key protects: the envelope or MAC, together with the kid. */
export function createRewrap(db: DatabaseSync): (rewraps: readonly Rewrap[]) => Applied {
  const ofSecret = (table: string) =>
    db.prepare(
      `UPDATE ${table} SET kid = ?1, envelope = ?2 WHERE tenant = ?3 AND key = ?4 AND version = ?6 AND envelope = ?5`,
    );
  const ofIdentity = (table: string, name: string) =>
    db.prepare(`UPDATE ${table} SET kid = ?1, mac = ?2 WHERE tenant = ?3 AND ${name} = ?4 AND mac = ?5 AND ?6 = 0`);
  const refreshToken = db.prepare(
    "UPDATE tokens SET refresh_token = ? WHERE tenant = ? AND id = ? AND kid = ? AND mac = ?",
  );
  const updates: { readonly [Kind in RewrappableKind]: StatementSync } = {
    secrets: ofSecret("secret"),
    history: ofSecret("history"),
    users: ofIdentity("users", "slug"),
    tokens: ofIdentity("tokens", "id"),
    permits: ofIdentity("permits", "name"),
  };
  return (rewraps) => {
    let changed = 0;
    for (const { kind, kid, proof, tenant, name, former, version, refreshToken: encrypted } of rewraps) {
      const written = Number(updates[kind].run(kid, proof, tenant, name, former, version).changes);
      if (written > 0 && encrypted !== undefined) refreshToken.run(encrypted, tenant, name, kid, proof);
      changed += written;
    }
    return { outcome: changed, keep: true, audit: [] };
  };
}

/** Prepares the deletion of the idempotency records under some keys. */
export function createIdempotencyRemoval(db: DatabaseSync): (kids: readonly string[]) => Applied {
  const remove = db.prepare("DELETE FROM idempotency WHERE kid = ?");
  return (kids) => {
    for (const kid of kids) remove.run(kid);
    return { outcome: undefined, keep: true, audit: [] };
  };
}
