import { once } from "node:events";
import type { Server } from "node:http";
import type { Connections } from "./connections.ts";
import type { Sessions } from "./sessions.ts";
import type { ConnectionSorter } from "./single-port.ts";

/** How often newly idle connections are closed. Node does that only once, when the server is closed. */
const sweepMs = 50;

/**
 * Closes the server. It accepts no more connections, streams get the signal to end, and calls in progress may finish
 * within `graceMs`. Then the remaining connections are cut off. Resolves when every connection is closed.
 */
export async function shutDown(options: {
  readonly server: Server;
  /** Closes what listens besides the server. */
  closeOthers(): Promise<void>;
  readonly sorter: ConnectionSorter;
  readonly sessions: Sessions;
  readonly connections: Connections;
  readonly graceMs: number;
  endStreams(): void;
}): Promise<void> {
  const { server, sorter, sessions, connections, graceMs } = options;
  const serverClosed = once(server, "close");
  server.close();
  const closed = Promise.all([serverClosed, options.closeOthers()]);
  sorter.destroyUndecided();
  options.endStreams();
  sessions.drain();
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
  const deadline = setTimeout(() => {
    server.closeAllConnections();
    sessions.destroy();
    // A session that has ended may leave its connection half open, for as long as the peer does.
    connections.destroyAll();
  }, graceMs);
  try {
    await closed;
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}
