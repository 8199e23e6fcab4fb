/**
 * Files that mostly start, kill and restart programs, databases and browsers. They take as long as all the others together,
 * so `npm test` leaves them out, and `npm run test:processes` runs them.
 */
export const processTests: readonly string[] = [
  "test/audit/fail-closed-process.test.ts",
  "test/audit/host-commands.test.ts",
  "test/backup/commands.test.ts",
  "test/backup/killed.test.ts",
  "test/backup/restore.test.ts",
  "test/backup/tampered.test.ts",
  "test/backup/two-restores.test.ts",
  "test/browser/cors.test.ts",
  "test/cli/processes.test.ts",
  "test/cli/run.test.ts",
  "test/cli/watch-token.test.ts",
  "test/cli/watch.test.ts",
  "test/docs/documents.test.ts",
  "test/docs/old-access.test.ts",
  "test/docs/old-commands.test.ts",
  "test/docs/old-pipes.test.ts",
  "test/docs/old-sealing.test.ts",
  "test/failure/held-connections.test.ts",
  "test/failure/short.test.ts",
  "test/failure/stale-primary.test.ts",
  "test/failure/watch.test.ts",
  "test/failure/weak-commit.test.ts",
  "test/hostile/canary-programs.test.ts",
  "test/hostile/crash.test.ts",
  "test/operations/broken-disk.test.ts",
  "test/programs/programs.test.ts",
  "test/sealed-format/sealed-format.test.ts",
  "test/store/crash.test.ts",
  "test/store/mongo-connect.test.ts",
  "test/store/mongo-failures.test.ts",
  "test/store/mongo-processes.test.ts",
];

/** The same on MongoDB only: on the embedded store they take a moment. */
export const mongoProcessTests: readonly string[] = ["test/api/transports.test.ts"];
