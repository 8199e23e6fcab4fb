import type { DatabaseSync } from "node:sqlite";
import { findOverQuota, type Held, type OverQuota, type UsageLimits, type UsageTally } from "../usage.ts";
import { count } from "./column.ts";

/**
 * Adds what a commit changes to the counts, and returns what would be over its limit. The caller then has to roll back.
 */
export type CountUsage = (tenant: string, tally: UsageTally, limits: UsageLimits | undefined) => OverQuota | undefined;

/** One process writes the file, so a user has one row, and its sum is always exact. */
export function createUsageCount(db: DatabaseSync): CountUsage {
  const add = db.prepare(`INSERT INTO usage (tenant, slug, secrets, bytes) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET secrets = secrets + excluded.secrets, bytes = bytes + excluded.bytes
    RETURNING secrets, bytes`);
  return (tenant, tally, limits) => {
    for (const change of tally.changes()) {
      const row = add.get(tenant, change.slug, change.secrets, change.bytes);
      if (row === undefined) throw new Error("the usage of a user was not counted");
      const after = { secrets: count(row.secrets), bytes: count(row.bytes) };
      const over = limits && findOverQuota(change, after, limits);
      if (over !== undefined) return over;
    }
    return undefined;
  };
}

/** The column `sizes` of a secret. */
export function encodeSizes({ sizes }: Held): string {
  return JSON.stringify(sizes);
}

/** Reads what `encodeSizes` wrote. What was edited into something else counts nothing. */
export function decodeSizes(json: string): readonly number[] {
  try {
    const sizes: unknown = JSON.parse(json);
    return Array.isArray(sizes) && sizes.every((size) => Number.isSafeInteger(size) && size >= 0) ? sizes : [];
  } catch {
    return [];
  }
}
