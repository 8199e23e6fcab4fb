import { join } from "node:path";
import { type ServerProcess, startProcess } from "./processes.ts";
import { type BenchedService, startService } from "./service.ts";

/** A `node:http` server that decrypts one stored document for each request, and does nothing else. */
export function startBareServer(): Promise<ServerProcess> {
  return startScript("bare-http-server.ts");
}

/** The services of a filled secret-svc, served by stock connect-node. */
export async function startStockServer(program: string): Promise<BenchedService> {
  const service = await startService({ program });
  await service.server.stop();
  const server = await startScript("stock-connect-server.ts", service.dataDir);
  return { ...service, server };
}

function startScript(name: string, ...args: readonly string[]): Promise<ServerProcess> {
  const script = join(import.meta.dirname, name);
  return startProcess({
    command: process.execPath,
    args: ["--disable-warning=ExperimentalWarning", script, ...args],
    env: process.env,
  });
}
