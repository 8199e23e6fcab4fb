import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { ConfigError } from "../../config/config-error.ts";
import { connectionLimits } from "./connection-limits.ts";

/** The sockets that listen on the one port of a server. */
export interface Listeners {
  readonly host: string;
  readonly port: number;
  /** Closes those that are not the engine itself. Resolves when their connections are closed. */
  closeOthers(): Promise<void>;
}

export interface ListenAt {
  readonly host: string;
  readonly port: number;
  readonly isShared?: boolean | undefined;
}

/**
 * Listens on a port with several sockets. libuv accepts one connection of a socket in each turn of the event loop, so
 * with one socket, a few hundred connections of a stranger would keep everyone else waiting for as many turns, and a
 * full queue of the kernel for seconds.
 * `engine` gets the connections of all. Where the system cannot share a port, it listens alone. Fails if the port is in
 * use. `isShared`: other processes listen on it as well, and the kernel deals connections out to all. Then it fails
 * where the system cannot share a port.
 */
export async function listenOften(engine: HttpServer, { isShared = false, ...at }: ListenAt): Promise<Listeners> {
  const backlog = connectionLimits.acceptQueue;
  if (!isShared) await requireFreePort(at);
  const others: Server[] = [];
  try {
    await listen(engine, { ...at, backlog, reusePort: true });
    const { port } = addressOf(engine);
    for (let more = 1; more < connectionLimits.listeners; more += 1) {
      const other = createServer({ allowHalfOpen: true, noDelay: true });
      other.on("connection", (socket) => engine.emit("connection", socket));
      others.push(await listen(other, { ...at, port, backlog, reusePort: true }));
    }
  } catch (error) {
    if (engine.listening) {
      await Promise.all([engine, ...others].map(close));
      throw error;
    }
    if (isShared) throw isUnsupported(error) ? new ConfigError(notShared) : error;
    // This system cannot, or the address is wrong, which this one reports.
    await listen(engine, { ...at, backlog });
  }
  const { address: host, port } = addressOf(engine);
  return { host, port, closeOthers: async () => void (await Promise.all(others.map(close))) };
}

/** Fails if the port is in use: one that is shared is never reported as that. */
export async function requireFreePort(at: Pick<ListenAt, "host" | "port">): Promise<void> {
  if (at.port !== 0) await close(await listen(createServer(), { ...at, backlog: connectionLimits.acceptQueue }));
}

const notShared = "SECRET_SVC_WORKERS: this system cannot share a port between processes; set it to 1";

function isUnsupported(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOTSUP";
}

async function listen<T extends Server>(server: T, options: object): Promise<T> {
  server.listen(options);
  await once(server, "listening");
  return server;
}

function close(server: Server): Promise<unknown> {
  const closed = once(server, "close");
  server.close();
  return closed;
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on a port");
  return address;
}
