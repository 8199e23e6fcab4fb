import { configOf } from "./test/support/vitest/projects.ts";

/** All tests but the suites of their own: to run some by their names. */
export default configOf("all");
