import type { MigrationStep } from "./step.ts";

/**
 * Versions in `history` get a MAC of what watchers are sent. Those from before have none; a watch that comes to one
 * starts over. There is nothing to write: the version alone keeps out processes that would make rows without one.
 */
export const toVersion4: MigrationStep = {
  version: 4,
  run: async () => undefined,
};
