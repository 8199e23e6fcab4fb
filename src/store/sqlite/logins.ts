import type { DatabaseSync } from "node:sqlite";
import { requireCount, requireName } from "../guard.ts";
import type { LoginRow, LoginWrite } from "../login-store.ts";
import { count } from "./column.ts";
import type { Applied } from "./group-commit.ts";
import { toLoginRow } from "./identity-row.ts";
import { prepareRows } from "./row.ts";

export interface LoginReader {
  findLogin(id: string): LoginRow | undefined;
  countLogins(): number;
}

/** Each method must be called in a snapshot. */
export function createLoginReader(db: DatabaseSync): LoginReader {
  const find = prepareRows(db, "SELECT * FROM logins WHERE id = ?");
  const countAll = db.prepare("SELECT count(*) AS logins FROM logins");
  return {
    findLogin(id) {
      requireName(id, "id");
      const row = find.get(id);
      return row === undefined ? undefined : toLoginRow(row);
    },
    countLogins: () => count(countAll.get()?.logins),
  };
}

/** Prepares the compare-and-set of a step of a login. */
export function createLoginWrite(db: DatabaseSync): (write: LoginWrite) => Applied {
  const insert = db.prepare("INSERT INTO logins (id, end_at_ms, sealed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const update = db.prepare("UPDATE logins SET end_at_ms = ?, sealed = ? WHERE id = ? AND sealed = ?");
  const remove = db.prepare("DELETE FROM logins WHERE id = ? AND sealed = ?");
  const run = ({ id, former, next }: LoginWrite) => {
    if (former === undefined) return insert.run(id, next?.endAtMs ?? 0, next?.sealed ?? new Uint8Array(0));
    return next === undefined ? remove.run(id, former) : update.run(next.endAtMs, next.sealed, id, former);
  };
  return (write) => ({ outcome: Number(run(write).changes) > 0, keep: true, audit: [] });
}

/** Prepares the deletion of steps that ended before a time. */
export function createLoginDrop(db: DatabaseSync): (untilMs: number) => Applied {
  const drop = db.prepare("DELETE FROM logins WHERE end_at_ms < ?");
  return (untilMs) => {
    requireCount(untilMs, "untilMs");
    drop.run(untilMs);
    return { outcome: undefined, keep: true, audit: [] };
  };
}
