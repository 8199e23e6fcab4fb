import type { MigrationStep } from "./step.ts";

/**
 * Documents of format 2 have a value that is bytes. There is nothing to write: the version alone keeps out processes
 * that would take such a document for a damaged one.
 */
export const toVersion12: MigrationStep = { version: 12 };
