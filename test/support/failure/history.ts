import type { Read, Write } from "./register.ts";

/**
 * `fail`: it had no effect, and never will. `unknown`: it had its effect, or will have it at any later time, or never.
 */
export type Outcome =
  | { readonly status: "ok"; readonly version: number }
  | { readonly status: "fail" }
  | { readonly status: "unknown" };

interface Timed {
  readonly client: string;
  /** Moments of one clock, in the order in which things happened. */
  readonly start: number;
  /** Infinity: it has not ended, as far as anyone knows. */
  readonly end: number;
}

export interface WriteOperation extends Timed {
  readonly write: Write;
  /** The version that it made, when it was acknowledged. */
  readonly version: number | undefined;
}

export interface ReadOperation extends Timed {
  readonly read: Read;
}

export type Operation = WriteOperation | ReadOperation;

export function isWrite(operation: Operation): operation is WriteOperation {
  return "write" in operation;
}

/** What all clients did, by register. What failed for certain is only counted: it must have left no trace. */
export interface History {
  readonly registers: ReadonlyMap<string, readonly Operation[]>;
  readonly counts: Record<"ok" | "fail" | "unknown" | "read", number>;
  /** Records that a call begins. The caller records its end with the function that this returns. */
  invokeWrite(register: string, client: string, write: Write): (outcome: Outcome) => void;
  /** A read without an answer shows nothing; it is never ended. */
  invokeRead(register: string, client: string): (read: Read) => void;
}

/** An empty history of its own clock. Reads may be `staleMs` older than the moment at which they began. */
export function createHistory(staleMs = 0): History {
  let moment = 0;
  const times = [performance.now()];
  const registers = new Map<string, Operation[]>();
  const counts = { ok: 0, fail: 0, unknown: 0, read: 0 };
  const add = (register: string, operation: Operation) => {
    const operations = registers.get(register) ?? [];
    operations.push(operation);
    registers.set(register, operations);
  };
  const tick = () => {
    moment += 1;
    times.push(performance.now());
    return moment;
  };
  const earliest = (now: number): number => {
    const since = (times[now] ?? 0) - staleMs;
    let first = now;
    while (first > 0 && (times[first - 1] ?? 0) >= since) first -= 1;
    return first;
  };
  return {
    registers,
    counts,
    invokeWrite: (register, client, write) => {
      const start = tick();
      return (outcome) => {
        counts[outcome.status] += 1;
        const end = tick();
        if (outcome.status === "ok") add(register, { client, start, end, write, version: outcome.version });
        if (outcome.status === "unknown") add(register, { client, start, end: Infinity, write, version: undefined });
      };
    },
    invokeRead: (register, client) => {
      const now = tick();
      const start = staleMs === 0 ? now : earliest(now);
      return (read) => {
        counts.read += 1;
        add(register, { client, start, end: tick(), read });
      };
    },
  };
}
