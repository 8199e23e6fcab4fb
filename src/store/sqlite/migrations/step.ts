import type { DatabaseSync } from "node:sqlite";

/** What a step may need to know of the other file. */
export interface StoreFacts {
  /** The number that distinguishes this `audit.db` from others. */
  readonly accessEpoch: number;
}

/**
 * Makes one schema version from the one before. Each file is changed in one transaction, together with its version, so
 * after a crash a file has either version whole, and the next start goes on. A step never changes once it was released,
 * so it imports nothing that describes the current tables.
 */
export interface MigrationStep {
  /** The schema version that it makes. */
  readonly version: number;
  /** Changes `secrets.db`. Runs after `access` is stored. */
  readonly secrets?: (db: DatabaseSync, facts: StoreFacts) => void;
  /** Changes `audit.db`. */
  readonly access?: (db: DatabaseSync) => void;
}
