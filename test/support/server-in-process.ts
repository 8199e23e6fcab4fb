import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config/config.ts";
import { startServer } from "../../src/service/server.ts";
import { noFlags } from "./no-flags.ts";

/** A service on a port, in this process. */
export interface ServerInProcess {
  readonly url: string;
  readonly dataDir: string;
  /** The token in `admin.token`. */
  readonly adminToken: string;
  /** Ends it in good order and waits; removes the data folder if it was made here. */
  stop(): Promise<void>;
}

interface ServerOptions {
  /** An existing folder to keep the data in; a new one when absent. */
  readonly dataDir?: string;
  /** Its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts what `secret-svc serve` starts, on a free port of 127.0.0.1. `startServer` of `server-process.ts` takes 2 s of
 * CPU more.
 */
export async function startServerInProcess({ dataDir, env = {} }: ServerOptions = {}): Promise<ServerInProcess> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), "secret-svc-"));
  const settings = { SECRET_SVC_LISTEN: "127.0.0.1:0", SECRET_SVC_DATA_DIR: folder };
  const server = await startServer(readConfig({ ...settings, ...env }, noFlags));
  return {
    url: server.url,
    dataDir: folder,
    adminToken: readFileSync(join(folder, "admin.token"), "utf8").trim(),
    stop: async () => {
      await server.close();
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
