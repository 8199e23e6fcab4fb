/**
 * Version of the layout of both files. A file with another version is migrated or refused: a change here needs a step
 * in `migrations/` (see CONTRIBUTING.md).
 */
export const schemaVersion = 12;

const secretColumns = `
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  id TEXT NOT NULL,
  format INTEGER NOT NULL,
  version INTEGER NOT NULL,
  owner TEXT NOT NULL,
  document TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  updated_by TEXT NOT NULL,
  value_changed_at_ms INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  kid TEXT NOT NULL,
  envelope BLOB NOT NULL`;

/**
 * Records are stored in the order in which they were appended, which is the order of each chain, so verifying needs no
 * index of its own. With each index, every read of a secret costs one more insertion; that by action leaves reads out.
 */
const auditTable = `
CREATE TABLE audit (
  chain TEXT NOT NULL,
  position INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  principal TEXT NOT NULL,
  action TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  decision TEXT NOT NULL,
  rule TEXT NOT NULL,
  request_id TEXT NOT NULL,
  peer TEXT NOT NULL,
  count INTEGER NOT NULL,
  names TEXT NOT NULL,
  filter TEXT NOT NULL,
  mac BLOB NOT NULL
) STRICT;
CREATE INDEX audit_time ON audit (tenant, time_ms);
CREATE INDEX audit_key ON audit (tenant, key, time_ms);
CREATE INDEX audit_principal ON audit (tenant, principal, time_ms);
CREATE INDEX audit_action ON audit (tenant, action, time_ms) WHERE action <> 'secret.read';
CREATE TABLE checkpoints (
  chain TEXT PRIMARY KEY, position INTEGER NOT NULL, last_mac BLOB NOT NULL, last_time_ms INTEGER NOT NULL, mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;`;

/**
 * The main file. The indexes by kid show what depends on a key, and a rotation uses them to find it. `visible` shows
 * which identities see a key, and its id, without reading `secret`. Its removed rows are stored apart, so that they
 * cost a page nothing; `secret_live` does the same for `secret`. `secret_id` is a table, not an index, so that an id
 * leads to its key without reading the secret. `facts` has the name of each stored key that cannot be
 * made again, so that a missing one is noticed. `sizes` has the bytes of the retained versions of a secret, the current
 * one last; `usage` has what users and tenants have stored, `quotas` the limits of tenants that have limits of their
 * own. `logins` has the steps of logins that are under way, `permits` which keys users and roles may create.
 */
export const secretsSchema = `
CREATE TABLE secret (row INTEGER PRIMARY KEY, ${secretColumns}, sizes TEXT NOT NULL DEFAULT '[]') STRICT;
CREATE UNIQUE INDEX secret_key ON secret (tenant, key);
CREATE INDEX secret_live ON secret (tenant, key, id) WHERE removed = 0;
CREATE INDEX secret_kid ON secret (kid);
CREATE INDEX secret_removed ON secret (updated_at_ms) WHERE removed = 1;
CREATE TABLE secret_id (
  tenant TEXT NOT NULL, id TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE visible (
  tenant TEXT NOT NULL, identity TEXT NOT NULL, removed INTEGER NOT NULL, key TEXT NOT NULL, can_read INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (tenant, identity, removed, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE history (${secretColumns}, PRIMARY KEY (tenant, key, version)) STRICT;
CREATE INDEX history_kid ON history (kid);
CREATE TABLE idempotency (
  tenant TEXT NOT NULL, principal TEXT NOT NULL, rpc TEXT NOT NULL, key TEXT NOT NULL,
  request_mac BLOB NOT NULL, answer TEXT NOT NULL, created_at_ms INTEGER NOT NULL, kid TEXT NOT NULL, mac BLOB NOT NULL,
  PRIMARY KEY (tenant, principal, rpc, key)
) STRICT;
CREATE INDEX idempotency_age ON idempotency (created_at_ms);
CREATE INDEX idempotency_kid ON idempotency (kid, created_at_ms);
CREATE TABLE identity_revision (tenant TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE users (
  tenant TEXT NOT NULL, slug TEXT NOT NULL, roles TEXT NOT NULL, admin INTEGER NOT NULL, operator INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL, created_by TEXT NOT NULL, updated_at_ms INTEGER NOT NULL, updated_by TEXT NOT NULL,
  removed INTEGER NOT NULL, kid TEXT NOT NULL, mac BLOB NOT NULL, issuer TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '', display_name TEXT NOT NULL DEFAULT '', handle TEXT NOT NULL DEFAULT '',
  passkeys TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, slug)
) STRICT, WITHOUT ROWID;
CREATE INDEX users_kid ON users (kid);
CREATE INDEX users_login ON users (issuer, subject) WHERE issuer <> '';
CREATE INDEX users_handle ON users (handle) WHERE handle <> '';
CREATE TABLE tokens (
  tenant TEXT NOT NULL, id TEXT NOT NULL, slug TEXT NOT NULL, hash BLOB NOT NULL, description TEXT NOT NULL,
  grants TEXT NOT NULL, created_at_ms INTEGER NOT NULL, created_by TEXT NOT NULL, expire_at_ms INTEGER NOT NULL, revoked_at_ms INTEGER NOT NULL,
  kid TEXT NOT NULL, mac BLOB NOT NULL, kind TEXT NOT NULL DEFAULT '', issuer TEXT NOT NULL DEFAULT '',
  parent TEXT NOT NULL DEFAULT '', sid TEXT NOT NULL DEFAULT '', client TEXT NOT NULL DEFAULT '', refresh_token BLOB NOT NULL DEFAULT x'',
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tokens_hash ON tokens (hash);
CREATE INDEX tokens_sid ON tokens (issuer, sid) WHERE sid <> '';
CREATE INDEX tokens_sessions ON tokens (expire_at_ms) WHERE kind <> '';
CREATE INDEX tokens_slug ON tokens (tenant, slug);
CREATE INDEX tokens_live ON tokens (tenant, revoked_at_ms, expire_at_ms);
CREATE INDEX tokens_live_of ON tokens (tenant, slug, revoked_at_ms, expire_at_ms);
CREATE INDEX tokens_kid ON tokens (kid);
CREATE TABLE keys (
  purpose TEXT NOT NULL, kid TEXT NOT NULL, data BLOB NOT NULL, created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (purpose, kid)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX keys_one_audit ON keys (purpose) WHERE purpose = 'audit';
CREATE TABLE chains (
  chain TEXT PRIMARY KEY, sink TEXT NOT NULL, started_at_ms INTEGER NOT NULL, mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE facts (kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID;
CREATE TABLE usage (
  tenant TEXT NOT NULL, slug TEXT NOT NULL, secrets INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (tenant, slug)
) STRICT, WITHOUT ROWID;
CREATE TABLE quotas (tenant TEXT PRIMARY KEY, limits TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE logins (id TEXT PRIMARY KEY, end_at_ms INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX logins_end ON logins (end_at_ms);
CREATE TABLE permits (
  tenant TEXT NOT NULL, name TEXT NOT NULL, patterns TEXT NOT NULL, updated_at_ms INTEGER NOT NULL, updated_by TEXT NOT NULL,
  kid TEXT NOT NULL, mac BLOB NOT NULL, PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX permits_kid ON permits (kid);
CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, former TEXT NOT NULL, mac BLOB NOT NULL, ${secretColumns}) STRICT;
${auditTable}`;

/** The file of the access chain, which records what was read. */
export const accessSchema = auditTable;
