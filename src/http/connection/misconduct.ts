import type { Server, Socket } from "node:net";
import { networkOf } from "../../admission/admission.ts";
import { Traffic } from "../call/traffic.ts";

/** Bytes that belong to no request: settings, pings, windows. Headers that are not accepted belong to none either. */
const uselessMax = 512 * 1024;
const lookMs = 200;

/** How long no connections are accepted from where a stranger's connection was dropped, and four times as long each time. */
const firstBlockMs = 2000;
const longestBlockMs = 128_000;

/** When an address starts anew. */
const forgottenMs = 600_000;

/** Addresses that are remembered. Beyond it, the oldest is forgotten. */
const addressesMax = 10_000;

/** An open connection. */
export interface Conduct {
  readonly peer: string;
  /** Bytes that came, as far as they can be compared with those of requests. */
  bytesRead(): number;
  destroy(): void;
}

/** Drops connections that keep the service busy with what is not a request. */
export interface Misconduct {
  /** Refuses connections to a server from where others were dropped. */
  guard(server: Server): void;
  /** Looks at a connection until it is closed. */
  open(connection: Conduct): { readonly traffic: Traffic; closed(): void };
  /** Connections that were dropped since the start. */
  readonly dropped: number;
  close(): void;
}

/**
 * HTTP/2 lets a client send frames without end that Node handles by itself: windows, or headers that unpack to so many that
 * they are refused. So it looks at the bytes: those that belong to no request must be few. An address from which someone with a
 * token is connected is never blocked: others may share it.
 */
export function createMisconduct(monotonicMs = () => performance.now()): Misconduct {
  const open = new Map<Conduct, Traffic>();
  const blocks = new Map<string, { untilMs: number; ms: number }>();
  let dropped = 0;

  function drop(connection: Conduct): void {
    if (!open.delete(connection)) return;
    dropped += 1;
    block(networkOf(connection.peer));
    connection.destroy();
  }

  function block(network: string): void {
    for (const [{ peer }, { isTrusted }] of open) if (isTrusted && networkOf(peer) === network) return;
    const nowMs = monotonicMs();
    const last = blocks.get(network);
    const isKnown = last !== undefined && nowMs < last.untilMs + forgottenMs;
    const ms = isKnown ? Math.min(4 * last.ms, longestBlockMs) : firstBlockMs;
    const [oldest] = blocks.keys();
    blocks.delete(network);
    if (blocks.size >= addressesMax && oldest !== undefined) blocks.delete(oldest);
    blocks.set(network, { untilMs: nowMs + ms, ms });
  }

  const timer = setInterval(() => {
    for (const [connection, { useful }] of open) if (connection.bytesRead() - useful > uselessMax) drop(connection);
  }, lookMs);
  timer.unref();
  return {
    get dropped() {
      return dropped;
    },
    guard(server) {
      server.prependListener("connection", (socket: Socket) => {
        if (blocks.size === 0) return;
        const found = blocks.get(networkOf(socket.remoteAddress ?? ""));
        if (found !== undefined && monotonicMs() < found.untilMs) socket.destroy();
      });
    },
    open(connection) {
      const traffic = new Traffic(() => drop(connection));
      open.set(connection, traffic);
      return { traffic, closed: () => void open.delete(connection) };
    },
    close: () => clearInterval(timer),
  };
}
