import { networkOf } from "../../admission/admission.ts";
import type { Traffic } from "../call/traffic.ts";

/** Bytes that belong to no request: settings, pings, windows. Headers that are not accepted belong to none either. */
const uselessMax = 512 * 1024;
/**
 * The same, while no caller has shown a token. In a long turn the first request may have been read and not been looked
 * at: its headers, and a body as far as HTTP/2 lets it come unasked, which is 64 KiB.
 */
const uselessOfStrangerMax = 88 * 1024;
const lookMs = 200;

/**
 * How often the connections of strangers are looked at: before the kernel lets them send much more at a time. A turn of
 * the event loop that is this late was a long one. Then all are looked at, before they make another one.
 */
const tickMs = 20;
const lateMs = 15;

/**
 * How long no connections are accepted from where a stranger's connection was dropped, and four times as long each
 * time.
 */
const firstBlockMs = 2000;
const longestBlockMs = 128_000;

/** When an address starts anew. */
const forgottenMs = 600_000;

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
  /** Looks at one now. */
  look(connection: Watched): void;
  /**
   * A connection was dropped. An address from which someone with a token is connected is never blocked: others may
   * share it.
   */
  report(address: string, hasCallers: boolean): void;
  /** Connections that were dropped since the start. */
  readonly dropped: number;
  close(): void;
}

/**
 * HTTP/2 lets a client send frames without end that Node handles by itself: windows, or headers that unpack to so many
 * that they are refused. So it looks at the bytes: those that belong to no request must be few.
 */
export function createMisconduct(monotonicMs = () => performance.now()): Misconduct {
  const watched = new Set<Watched>();
  const blocks = new Map<string, { untilMs: number; ms: number }>();
  let dropped = 0;

  function block(network: string): void {
    const nowMs = monotonicMs();
    const last = blocks.get(network);
    const isKnown = last !== undefined && nowMs < last.untilMs + forgottenMs;
    const ms = isKnown ? Math.min(4 * last.ms, longestBlockMs) : firstBlockMs;
    blocks.delete(network);
    const [oldest] = blocks.keys();
    if (blocks.size >= addressesMax && oldest !== undefined) blocks.delete(oldest);
    blocks.set(network, { untilMs: nowMs + ms, ms });
  }

  function look(connection: Watched): void {
    const { useful, isTrusted } = connection.traffic;
    const max = isTrusted ? uselessMax : uselessOfStrangerMax;
    if ((connection.bytesRead() ?? 0) - useful > max) connection.drop();
  }

  let tickAtMs = monotonicMs();
  let lookAtMs = tickAtMs;
  const timer = setInterval(() => {
    const nowMs = monotonicMs();
    const isLate = nowMs - tickAtMs > tickMs + lateMs;
    tickAtMs = nowMs;
    const isForAll = isLate || nowMs - lookAtMs >= lookMs;
    if (isForAll) lookAtMs = nowMs;
    for (const connection of watched) if (isForAll || !connection.traffic.isTrusted) look(connection);
  }, tickMs);
  timer.unref();
  return {
    isBlocked(address) {
      if (blocks.size === 0) return false;
      const found = blocks.get(networkOf(address));
      return found !== undefined && monotonicMs() < found.untilMs;
    },
    watch: (connection) => void watched.add(connection),
    forget: (connection) => void watched.delete(connection),
    look,
    report(address, hasCallers) {
      dropped += 1;
      if (!hasCallers) block(networkOf(address));
    },
    get dropped() {
      return dropped;
    },
    close: () => clearInterval(timer),
  };
}
