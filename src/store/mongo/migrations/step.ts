import type { Db } from "mongodb";

export interface StepContext {
  readonly db: Db;
  /** How long one command may take on the server. */
  readonly maxTimeMs: number;
  /** Throws when another process has taken over. Call it before each part of a long step. */
  readonly hold: () => void;
}

/**
 * Makes one schema version from the one before. It is not one transaction: after a crash the step runs again from its
 * beginning, and a process that was suspended may run it while another one does. So each of its writes must be one that
 * does no harm when it is made twice. A step never changes once it was released, so it imports nothing that describes
 * the current collections.
 */
export interface MigrationStep {
  /** The schema version that it makes. */
  readonly version: number;
  /**
   * What takes long and is in no one's way: processes of older versions still serve meanwhile. Called before the
   * migration is announced, on any older version, and again when a start before did not come further.
   */
  prepare?(context: StepContext): Promise<void>;
  run(context: StepContext): Promise<void>;
}
