import type { DatabaseSync } from "node:sqlite";
import { type StorePart, storeParts } from "../store-part.ts";

const tables: { readonly [Part in Exclude<StorePart, "access">]: string } = {
  secrets: "secret",
  history: "history",
  idempotency: "idempotency",
  users: "users",
  tokens: "tokens",
  revisions: "identity_revision",
  changes: "audit",
  checkpoints: "checkpoints",
  chains: "chains",
  keys: "keys WHERE purpose NOT IN ('restoring', 'starting')",
};

/** The parts that have a row. */
export function findUsedParts(secretsDb: DatabaseSync, accessDb: DatabaseSync): ReadonlySet<StorePart> {
  const hasRow = (db: DatabaseSync, table: string) => db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined;
  const isUsed = (part: StorePart) => (part === "access" ? hasRow(accessDb, "audit") : hasRow(secretsDb, tables[part]));
  return new Set(storeParts.filter(isUsed));
}
