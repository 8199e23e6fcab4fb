import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import type { ChainedRecord } from "../../audit/record.ts";
import type { AccessLists, IdempotencyRecord, StoredSecret } from "../secret-rows.ts";
import { bytes, count, type Row, text, textList } from "./column.ts";
import { decodeDocument, encodeDocument } from "./document.ts";

/** A secret's columns in the order of `secretColumns`. */
export type SecretRow = readonly SQLOutputValue[];

const secretNames = [
  "tenant",
  "key",
  "id",
  "format",
  "version",
  "owner",
  "document",
  "created_at_ms",
  "created_by",
  "updated_at_ms",
  "updated_by",
  "value_changed_at_ms",
  "removed",
  "kid",
  "envelope",
] as const;

/** Columns of `secret` and `history` in the order of `secretValues`, with an optional table alias. */
export function secretColumns(alias = ""): string {
  return secretNames.map((name) => alias + name).join(", ");
}

/**
 * The same, with an empty envelope instead of the stored one, which is a good part of a row and not always needed.
 *
 * 2 times as many pages of 100 secrets with envelopes of 8 KiB, and hardly more where values are short
 * (`npm run bench:parts -- --only fields-only`).
 */
export function secretFieldColumns(alias: string): string {
  return secretNames.map((name) => (name === "envelope" ? "x''" : alias + name)).join(", ");
}

/** As many placeholders as there are columns of a secret. */
export const secretPlaceholders: string = secretNames.map(() => "?").join(", ");

/** `column = excluded.column` for each column that an update of a secret may change. */
export const secretAssignments: string = secretNames
  .filter((name) => name !== "tenant" && name !== "key")
  .map((name) => `${name} = excluded.${name}`)
  .join(", ");

/** Where a row has the text of its lists and metadata, and its envelope. */
export const documentAt = secretNames.indexOf("document");
export const envelopeAt = secretNames.indexOf("envelope");

/** Columns of the indexes of `secret`. */
const indexed: ReadonlySet<string> = new Set(["tenant", "key", "id", "removed", "kid"]);

/** `column = ?` for each column that is in no index of `secret`, in the order of `unindexedValues`. */
export const unindexedAssignments: string = secretNames
  .filter((name) => !indexed.has(name))
  .map((name) => `${name} = ?`)
  .join(", ");

/** Those of `secretValues` that are in no index. */
export function unindexedValues(values: SecretValues): SQLInputValue[] {
  return values.filter((_, at) => !indexed.has(secretNames[at] ?? ""));
}

/** In the order of `secretColumns`. */
export type SecretValues = readonly SQLInputValue[];

export function secretValues(secret: StoredSecret): SecretValues {
  return [
    secret.tenant,
    secret.key,
    secret.id,
    secret.format,
    secret.version,
    secret.owner,
    encodeDocument(secret.lists, secret.metadata),
    secret.createdAtMs,
    secret.createdBy,
    secret.updatedAtMs,
    secret.updatedBy,
    secret.valueChangedAtMs,
    secret.removed ? 1 : 0,
    secret.kid,
    secret.envelope,
  ];
}

/**
 * Reads a row of `secretColumns` as an array, which costs less than one with names.
 *
 * 1.3 times as many rows (`npm run bench:parts -- --only row`).
 */
export function toSecret(row: SecretRow): StoredSecret {
  const [tenant, key, id, format, version, owner, document, createdAtMs, createdBy, ...rest] = row;
  const [updatedAtMs, updatedBy, valueChangedAtMs, removed, kid, envelope] = rest;
  const { lists, metadata } = decodeDocument(text(document));
  return {
    format: count(format),
    tenant: text(tenant),
    id: text(id),
    key: text(key),
    version: count(version),
    owner: text(owner),
    lists,
    metadata,
    createdAtMs: count(createdAtMs),
    createdBy: text(createdBy),
    updatedAtMs: count(updatedAtMs),
    updatedBy: text(updatedBy),
    valueChangedAtMs: count(valueChangedAtMs),
    removed: removed !== 0,
    kid: text(kid),
    envelope: bytes(envelope),
  };
}

/** Prepares a query for `secretColumns`, whose rows are for `toSecret`. */
export function prepareSecrets(db: DatabaseSync, sql: string): SecretStatement {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  const narrow = (row: SecretRow): SecretRow => row.map(narrowed);
  return {
    get: (...values) =>
      reading(
        statement,
        () => statement.get(...values) as SecretRow | undefined,
        (row) => row && narrow(row),
      ),
    all: (...values) =>
      reading(
        statement,
        () => statement.all(...values) as unknown as SecretRow[],
        (rows) => rows.map(narrow),
      ),
  };
}

/** Prepares a query whose rows have names, such as those of `toUser`. */
export function prepareRows(db: DatabaseSync, sql: string): RowStatement {
  const statement = db.prepare(sql);
  const narrow = (row: Row): Row =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, narrowed(value)]));
  return {
    get: (...values) =>
      reading(
        statement,
        () => statement.get(...values),
        (row) => row && narrow(row),
      ),
    all: (...values) =>
      reading(
        statement,
        () => statement.all(...values),
        (rows) => rows.map(narrow),
      ),
  };
}

/**
 * An edited row may hold a number that JavaScript cannot represent, and SQLite's driver throws for it. Such rows are
 * read again, and have a number there that does not verify, so that the other rows are still returned.
 */
function reading<T>(statement: StatementSync, read: () => T, narrow: (rows: T) => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    statement.setReadBigInts(true);
    try {
      return narrow(read());
    } finally {
      statement.setReadBigInts(false);
    }
  }
}

function narrowed(value: SQLOutputValue): SQLOutputValue {
  if (typeof value !== "bigint") return value;
  return value >= 0n && value <= Number.MAX_SAFE_INTEGER ? Number(value) : -1;
}

export interface RowStatement {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
}

export interface SecretStatement {
  get(...values: SQLInputValue[]): SecretRow | undefined;
  all(...values: SQLInputValue[]): SecretRow[];
}

/** Each identity in a list of a secret, and whether it is among the readers. */
export function visibleIdentities(lists: AccessLists): Map<string, boolean> {
  const identities = new Map<string, boolean>();
  for (const list of Object.values(lists)) for (const identity of list) identities.set(identity, false);
  for (const identity of lists.readers) identities.set(identity, true);
  return identities;
}

export function toIdempotency(row: Row): IdempotencyRecord {
  return {
    tenant: text(row.tenant),
    principal: text(row.principal),
    rpc: text(row.rpc),
    key: text(row.key),
    requestMac: bytes(row.request_mac),
    answer: text(row.answer),
    createdAtMs: count(row.created_at_ms),
    kid: text(row.kid),
    mac: bytes(row.mac),
  };
}

export function toChainedRecord(row: Row): ChainedRecord {
  return {
    timeMs: count(row.time_ms),
    tenant: text(row.tenant),
    principal: text(row.principal),
    action: text(row.action),
    key: text(row.key),
    version: count(row.version),
    decision: toDecision(row.decision),
    rule: text(row.rule),
    requestId: text(row.request_id),
    peer: text(row.peer),
    count: count(row.count),
    names: textList(row.names),
    filter: text(row.filter),
    chain: text(row.chain),
    position: count(row.position),
    mac: bytes(row.mac),
  };
}

function toDecision(value: SQLOutputValue | undefined): ChainedRecord["decision"] {
  // An edited decision reads as refused, and its MAC no longer fits.
  return value === "allowed" || value === "denied" ? value : "refused";
}
