import { networkOf } from "../../admission/admission.ts";
import type { Traffic } from "../call/traffic.ts";

/** Bytes that belong to no request: settings, pings, windows. Headers that are not accepted belong to none either. */
const uselessMax = 512 * 1024;
const lookMs = 200;

/** How long no new connections are accepted from where a stranger's connection was dropped. */
const blockMs = 2000;

/** Addresses that are remembered. Beyond it, the oldest is forgotten. */
const addressesMax = 10_000;

interface Watched {
  /** Undefined once the connection is gone. */
  bytesRead(): number | undefined;
  readonly traffic: Traffic;
  drop(): void;
}

/** Drops connections that keep the service busy with what is not a request. */
export interface Misconduct {
  /** Whether connections from an address are refused, because others from there were dropped. */
  isBlocked(address: string): boolean;
  /** Looks at a connection of HTTP/2 until it is forgotten. */
  watch(connection: Watched): void;
  forget(connection: Watched): void;
  /** A connection was dropped. */
  dropped(peer: string, traffic: Traffic): void;
  close(): void;
}

/**
 * HTTP/2 lets a client send frames without end that Node handles by itself: windows, or headers that unpack to so many that they are
 * refused. So it looks at the bytes: those that belong to no request must be few.
 */
export function createMisconduct(monotonicMs = () => performance.now()): Misconduct {
  const watched = new Set<Watched>();
  const blockedUntil = new Map<string, number>();
  const timer = setInterval(() => {
    for (const connection of watched) {
      if ((connection.bytesRead() ?? 0) - connection.traffic.useful > uselessMax) connection.drop();
    }
  }, lookMs);
  timer.unref();
  return {
    isBlocked(address) {
      if (blockedUntil.size === 0) return false;
      const network = networkOf(address);
      const until = blockedUntil.get(network);
      if (until === undefined) return false;
      if (monotonicMs() < until) return true;
      blockedUntil.delete(network);
      return false;
    },
    watch: (connection) => void watched.add(connection),
    forget: (connection) => void watched.delete(connection),
    dropped(peer, { isTrusted }) {
      if (isTrusted) return;
      const [oldest] = blockedUntil.keys();
      if (blockedUntil.size >= addressesMax && oldest !== undefined) blockedUntil.delete(oldest);
      blockedUntil.set(networkOf(peer), monotonicMs() + blockMs);
    },
    close: () => clearInterval(timer),
  };
}
