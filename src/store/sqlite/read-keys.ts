import type { DatabaseSync, StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { limits } from "../../limits.ts";
import { requireCount, requireName, requireText } from "../guard.ts";
import type { KeyedKind, KeyedPage, KeyUse, RewrappableKind, RewrappableRows } from "../rewrappable-rows.ts";
import { count, type Row, text } from "./column.ts";
import { toPermit, toToken, toUser } from "./identity-row.ts";
import { prepareRows, prepareSecrets, secretColumns, toSecret } from "./row.ts";

export interface KeyUseReader {
  countByKey(nowMs: number): Promise<readonly KeyUse[]>;
  listUnderKey<Kind extends RewrappableKind>(
    kind: Kind,
    kid: string,
    after: string,
    limit: number,
  ): KeyedPage<RewrappableRows[Kind]>;
}

/** Index entries that are counted before other work gets its turn: some milliseconds. */
const countedAtOnce = 50_000;

type Reading = <T>(read: () => T) => T;

/** Finds what depends on a keyring key. `reading` runs each piece of work in a snapshot. */
export function createKeyUseReader(db: DatabaseSync, reading: Reading): KeyUseReader {
  const kinds: readonly { kind: KeyedKind; count: Counter; nextKid: StatementSync }[] = [
    { kind: "secrets", count: rowCounter(db, "secret"), nextKid: nextKid(db, "secret") },
    { kind: "history", count: rowCounter(db, "history"), nextKid: nextKid(db, "history") },
    { kind: "users", count: wholeCounter(db, "users"), nextKid: nextKid(db, "users") },
    { kind: "tokens", count: wholeCounter(db, "tokens"), nextKid: nextKid(db, "tokens") },
    { kind: "permits", count: wholeCounter(db, "permits"), nextKid: nextKid(db, "permits") },
    { kind: "idempotency", count: liveCounter(db), nextKid: nextKid(db, "idempotency") },
  ];
  const pages: { readonly [Kind in RewrappableKind]: PageReader<RewrappableRows[Kind]> } = {
    secrets: secretPages(db, "secret"),
    history: secretPages(db, "history"),
    users: identityPages(db, "users", "slug", toUser),
    tokens: identityPages(db, "tokens", "id", toToken),
    permits: identityPages(db, "permits", "name", toPermit),
  };

  return {
    async countByKey(nowMs) {
      requireCount(nowMs, "nowMs");
      const uses: KeyUse[] = [];
      for (const { kind, count: countRows, nextKid } of kinds) {
        let kid = reading(() => nextKid.get("")?.kid);
        while (typeof kid === "string") {
          const found = kid;
          const rows = await countRows(reading, found, nowMs);
          if (rows > 0) uses.push({ kind, kid: found, rows });
          kid = reading(() => nextKid.get(found)?.kid);
        }
      }
      return uses;
    },
    listUnderKey(kind, kid, after, limit) {
      requireName(kid, "kid");
      requireText(after, "after");
      requireCount(limit, "limit");
      return reading(() => pages[kind](kid, after, limit));
    },
  };
}

/** Steps from one kid to the next through the index, however many rows each has. */
function nextKid(db: DatabaseSync, table: string): StatementSync {
  return db.prepare(`SELECT min(kid) AS kid FROM ${table} WHERE kid > ?`);
}

type Counter = (reading: Reading, kid: string, nowMs: number) => Promise<number>;

/** For tables that may be large: counts a part at a time. */
function rowCounter(db: DatabaseSync, table: "secret" | "history"): Counter {
  const part = db.prepare(`SELECT count(*) AS rows, max(rowid) AS last FROM
    (SELECT rowid FROM ${table} WHERE kid = ? AND rowid > ? ORDER BY rowid LIMIT ${countedAtOnce})`);
  return async (reading, kid) => {
    let total = 0;
    for (let after = 0; ; ) {
      const found = reading(() => part.get(kid, after));
      total += count(found?.rows);
      if (count(found?.rows) < countedAtOnce) return total;
      after = count(found?.last);
      await setImmediate();
    }
  };
}

function wholeCounter(db: DatabaseSync, table: "users" | "tokens" | "permits"): Counter {
  const all = db.prepare(`SELECT count(*) AS rows FROM ${table} WHERE kid = ?`);
  return async (reading, kid) => count(reading(() => all.get(kid))?.rows);
}

function liveCounter(db: DatabaseSync): Counter {
  const live = db.prepare("SELECT count(*) AS rows FROM idempotency WHERE kid = ? AND created_at_ms > ?");
  return async (reading, kid, nowMs) => count(reading(() => live.get(kid, nowMs - limits.idempotencyMs))?.rows);
}

type PageReader<T> = (kid: string, after: string, limit: number) => KeyedPage<T>;

function secretPages(db: DatabaseSync, table: "secret" | "history"): PageReader<RewrappableRows["secrets"]> {
  const page = prepareSecrets(
    db,
    `SELECT ${secretColumns()}, rowid FROM ${table} WHERE kid = ? AND rowid > ? ORDER BY rowid LIMIT ?`,
  );
  return (kid, after, limit) => {
    const rows = page.all(kid, Number(after), limit);
    const last = rows.at(-1)?.at(-1);
    return { rows: rows.map(toSecret), next: rows.length < limit ? undefined : String(last) };
  };
}

function identityPages<T extends { readonly tenant: string }>(
  db: DatabaseSync,
  table: "users" | "tokens" | "permits",
  name: "slug" | "id" | "name",
  toRow: (row: Row) => T,
): PageReader<T> {
  const page = prepareRows(
    db,
    `SELECT * FROM ${table} WHERE kid = ? AND (tenant, ${name}) > (?, ?) ORDER BY tenant, ${name} LIMIT ?`,
  );
  return (kid, after, limit) => {
    const [tenant = "", afterName = ""] = after.split("\0");
    const rows = page.all(kid, tenant, afterName, limit);
    const last = rows.at(-1);
    const next = last === undefined || rows.length < limit ? undefined : `${text(last.tenant)}\0${text(last[name])}`;
    return { rows: rows.map(toRow), next };
  };
}
