import { ArgumentError } from "../config/config-error.ts";
import { readConfigAgain } from "../config/load-config.ts";
import { configureLog, log } from "../log/log.ts";
import { meetSiblings } from "../workers/siblings.ts";
import { startServer } from "./server.ts";

/** What a parent that has ended leaves for the calls in progress. */
const orphanedMs = 5_000;

/**
 * Runs one of the processes that `secret-svc serve --workers` starts, until their parent stops it or has ended. Signals
 * are for the parent: a terminal and a supervisor send them to all processes, and each of them would stop at once.
 */
export async function runWorker(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, () => {});
  const siblings = await meetSiblings();
  if (siblings === undefined) throw new ArgumentError("'worker' is for 'secret-svc serve --workers', which starts it");
  const { start, stopped } = siblings;
  const config = readConfigAgain(environment, start.flags, start.secrets);
  await configureLog({ ...config.log, worker: start.slot });
  let hasStarted = false;
  stopped.then(() => {
    if (!hasStarted) process.exit(0);
  });
  const server = await startServer(config, Date.now, () => performance.now(), siblings);
  hasStarted = true;
  siblings.onReload(server.reload);
  siblings.setStarted({
    url: server.url,
    port: server.port,
    encryptionKey: server.encryptionKey,
    adminTokenFile: server.adminTokenFile,
    consoleUrl: server.consoleUrl,
    firstLink: start.wantsLink ? await server.createFirstLink() : undefined,
  });
  const graceMs = await Promise.race([stopped, server.finished]);
  if (graceMs instanceof Error) {
    log("error", `this process ends: ${graceMs.message}`);
    process.exitCode = 1;
  } else if (graceMs === undefined) {
    log("error", "the process that starts the workers has ended, and so does this one");
    process.exitCode = 1;
  }
  await server.close(typeof graceMs === "number" ? graceMs : orphanedMs);
  siblings.leave();
}
