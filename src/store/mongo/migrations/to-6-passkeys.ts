import type { MigrationStep } from "./step.ts";

/**
 * Users may have passkeys, in fields of their own; the documents that are there stay as they are. The index is made at
 * the start of a process, and the version keeps out processes that would drop those fields.
 */
export const toVersion6: MigrationStep = {
  version: 6,
  run: async () => undefined,
};
