import { configOf } from "./test/support/vitest/projects.ts";

/** Before a push: all tests but those with many processes. */
export default configOf("quick");
