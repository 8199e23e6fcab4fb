import type { DatabaseSync } from "node:sqlite";
import type { MigrationStep } from "./step.ts";

/** Secrets that are counted at a time. */
const pageSize = 1000;

/** Versions that a secret retained when this step was written. */
const retained = 10;

/**
 * Adds what users and tenants have stored: `sizes` has the bytes of each retained version of a secret, `usage` their
 * sums, `quotas` the limits of tenants with limits of their own. The indexes count live tokens. Counts what is there.
 */
export const toVersion6: MigrationStep = {
  version: 6,
  secrets(db) {
    db.exec(`ALTER TABLE secret ADD COLUMN sizes TEXT NOT NULL DEFAULT '[]';
      CREATE TABLE usage (
        tenant TEXT NOT NULL, slug TEXT NOT NULL, secrets INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (tenant, slug)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE quotas (tenant TEXT PRIMARY KEY, limits TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX tokens_live ON tokens (tenant, revoked_at_ms, expire_at_ms);
      CREATE INDEX tokens_live_of ON tokens (tenant, slug, revoked_at_ms, expire_at_ms)`);
    countAll(db);
  },
};

function countAll(db: DatabaseSync): void {
  const page = db.prepare(
    "SELECT row, tenant, key, version, owner, removed FROM secret WHERE row > ? ORDER BY row LIMIT ?",
  );
  const versions = db.prepare(
    "SELECT version, document, length(envelope) AS envelope FROM history WHERE tenant = ? AND key = ? AND version BETWEEN ? AND ?",
  );
  const setSizes = db.prepare("UPDATE secret SET sizes = ? WHERE row = ?");
  const add = db.prepare(`INSERT INTO usage (tenant, slug, secrets, bytes) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET secrets = secrets + excluded.secrets, bytes = bytes + excluded.bytes`);
  for (let after = 0; ; ) {
    const secrets = page.all(after, pageSize);
    for (const { row, tenant, key, version, owner, removed } of secrets) {
      if (row === undefined || tenant === undefined || key === undefined || owner === undefined) return;
      const newest = Number(version);
      const oldest = Math.max(1, newest - retained + 1);
      const sizes = new Array<number>(newest - oldest + 1).fill(0);
      for (const found of versions.all(tenant, key, oldest, newest)) {
        const bytes = Number(found.envelope) + Buffer.byteLength(String(key)) + documentBytes(String(found.document));
        sizes[Number(found.version) - oldest] = bytes;
      }
      const first = sizes.findIndex((size) => size > 0);
      const known = first === -1 ? [] : sizes.slice(first);
      setSizes.run(JSON.stringify(known), row);
      const sum = known.reduce((total, size) => total + size, 0);
      for (const slug of new Set([String(owner), ""])) add.run(tenant, slug, removed === 0 ? 1 : 0, sum);
      after = Number(row);
    }
    if (secrets.length < pageSize) return;
  }
}

/** Bytes of the lists and the metadata. */
function documentBytes(json: string): number {
  const texts = (value: unknown): number => {
    if (typeof value === "string") return Buffer.byteLength(value);
    return Array.isArray(value) ? value.reduce<number>((sum, part) => sum + texts(part), 0) : 0;
  };
  try {
    return texts(JSON.parse(json));
  } catch {
    return 0;
  }
}
