/** What one way of doing something took. */
export interface Spent {
  readonly calls: number;
  readonly wallSeconds: number;
  /** Of the process that does it, all threads. */
  readonly cpuSeconds: number;
}

/**
 * One way of doing something. Runs until it has had about so many seconds of processor time: on a machine that others
 * share, V8 has compiled nothing after a second of the clock. Work that mostly waits ends earlier, by the clock.
 */
export type Way = (seconds: number) => Promise<Spent>;

/** The same work, done with a part that is there for speed, and without it. */
export interface Comparison {
  /** What a call is. */
  readonly what: string;
  readonly with: Way;
  readonly without: Way;
  /** Processor time after which V8 has compiled what is called. Default 0.5. */
  readonly warmUpSeconds?: number;
}

/** A part of the service that is there for speed. */
export interface Part {
  /** For `--only`. */
  readonly name: string;
  /** Prepares what is measured, has each comparison measured, and clears up. */
  compare(measure: (comparison: Comparison) => Promise<void>): Promise<void>;
}

/** Whether a way has run long enough. */
export function isLongEnough({ wallSeconds, cpuSeconds }: Omit<Spent, "calls">, seconds: number): boolean {
  const patience = 10;
  return cpuSeconds >= seconds || wallSeconds >= seconds * patience;
}

/** A way within this process. `batch` answers how many calls it made. */
export function inProcess(batch: () => number | Promise<number>): Way {
  return async (seconds) => {
    const cpuAtStart = process.cpuUsage();
    const startedAt = performance.now();
    let calls = 0;
    for (;;) {
      const made = batch();
      calls += typeof made === "number" ? made : await made;
      const { user, system } = process.cpuUsage(cpuAtStart);
      const spent = { wallSeconds: (performance.now() - startedAt) / 1000, cpuSeconds: (user + system) / 1e6 };
      if (isLongEnough(spent, seconds)) return { calls, ...spent };
    }
  };
}

/** A batch that calls `once` so many times in a row. */
export function times(count: number, once: (at: number) => unknown): () => number {
  return () => {
    for (let at = 0; at < count; at += 1) once(at);
    return count;
  };
}
