import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loginFile } from "../support/login/issuer-file.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";
import { lateSeconds, onceLate } from "./late.ts";
import type { SaidProvider } from "./login-provider.ts";

/** A service in a process of its own, with a small heap. */
export interface FuzzedService {
  readonly server: ServerProcess;
  readonly host: string;
  readonly port: number;
  /** The memory that the process has resident, in MiB. */
  residentMib(): number;
  /** The most that it has had. */
  peakMib(): number;
  stop(): Promise<void>;
}

/** The heap of `deploy/kubernetes`. */
const heapMib = 512;

/**
 * One caller from one address makes all calls, so the limits for callers and addresses are off. Those that cannot be
 * off are per address: this machine is a trusted proxy, so each input names its own. People log in at `provider`.
 */
export async function startFuzzedService(provider: Pick<SaidProvider, "issuer" | "clientId">): Promise<FuzzedService> {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-fuzz-"));
  const issuers = join(folder, "issuers.yaml");
  writeFileSync(join(folder, "acme.secret"), "a secret of the client", { mode: 0o600 });
  writeFileSync(issuers, loginFile({ issuer: provider.issuer, audience: provider.clientId }));
  const server = await startServer({
    env: {
      NODE_OPTIONS: `--max-old-space-size=${heapMib}`,
      SECRET_SVC_ISSUERS: issuers,
      SECRET_SVC_VAULT_API: "on",
      SECRET_SVC_CONSOLE: "on",
      SECRET_SVC_TRUSTED_PROXIES: "127.0.0.1/32",
      SECRET_SVC_FORWARDED_HEADER: "x-forwarded-for",
      SECRET_SVC_CALLS_PER_MINUTE: "off",
      SECRET_SVC_FAILURES_PER_MINUTE: "off",
      SECRET_SVC_CONNECTIONS_PER_ADDRESS: "off",
    },
  });
  const { hostname, port } = new URL(server.url);
  return {
    server,
    host: hostname,
    port: Number(port),
    residentMib: () => memoryOf(server.pid, "VmRSS"),
    peakMib: () => memoryOf(server.pid, "VmHWM"),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1]) / 1024);
}

/**
 * Sends bytes on a new connection, ends it, and returns everything that came back until the service closed it. Throws
 * when the service refuses the connection, or leaves it open.
 */
export async function exchange(to: { host: string; port: number }, bytes: Uint8Array): Promise<Buffer> {
  const socket = net.connect(to.port, to.host);
  const received: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => received.push(chunk));
  const closed = once(socket, "close").catch(() => undefined);
  // A reset in the middle of a request is a fair answer. That nothing listens is not.
  let refused: Error | undefined;
  socket.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "ECONNRESET" && error.code !== "EPIPE") refused = error;
  });
  let isLate = false;
  const stopWaiting = onceLate(() => {
    isLate = true;
    socket.destroy();
  });
  socket.end(bytes);
  await closed;
  stopWaiting();
  if (refused !== undefined) throw refused;
  if (isLate) throw new Error(`the service left the connection open for ${lateSeconds} seconds`);
  return Buffer.concat(received);
}

/** Statuses of class 5xx that only state what is so: the store is not there, the client's deadline has passed. */
const fair = new Set([503]);

/** Throws for an answer that blames the service. `also`: statuses that the input asked for. */
export function requireFair(statuses: readonly number[], also: readonly number[] = []): void {
  const unfair = statuses.find((status) => status >= 500 && !fair.has(status) && !also.includes(status));
  if (unfair !== undefined) throw new Error(`the service answered with status ${unfair}`);
}
