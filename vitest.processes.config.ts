import { configOf } from "./test/support/vitest/projects.ts";

/** What `npm test` leaves out: tests that start, kill and restart programs, databases and browsers. */
export default configOf("processes");
