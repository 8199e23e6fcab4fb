import { makeCollection } from "../connect/prepare-database.ts";
import type { MigrationStep } from "./step.ts";

/** Adds the collection of permits. The version keeps out processes that would decide without them. */
export const toVersion6: MigrationStep = {
  version: 6,
  run: ({ db }) => makeCollection(db, "permits"),
};
