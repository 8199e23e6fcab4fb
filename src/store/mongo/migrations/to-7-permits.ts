import { makeCollection } from "../connect/prepare-database.ts";
import type { MigrationStep } from "./step.ts";

/** Adds the collection of permits. The version keeps out processes that would decide without them. */
export const toVersion7: MigrationStep = {
  version: 7,
  run: ({ db }) => makeCollection(db, "permits"),
};
