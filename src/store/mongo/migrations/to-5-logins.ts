import { makeCollection } from "../connect/prepare-database.ts";
import type { MigrationStep } from "./step.ts";

/**
 * Adds the collection of logins under way. Users and tokens of logins have fields of their own; the documents that are
 * there stay as they are. The version keeps out processes that would drop those fields.
 */
export const toVersion5: MigrationStep = {
  version: 5,
  run: ({ db }) => makeCollection(db, "logins"),
};
