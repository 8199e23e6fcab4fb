/** What one way of doing something took. */
export interface Spent {
  readonly calls: number;
  readonly wallSeconds: number;
  /** Of the process that does it, all threads. */
  readonly cpuSeconds: number;
}

/** One way of doing something. Runs for about so many seconds. */
export type Way = (seconds: number) => Promise<Spent>;

/** The same work, done with a part that is there for speed, and without it. */
export interface Comparison {
  /** What a call is. */
  readonly what: string;
  readonly with: Way;
  readonly without: Way;
}

/** A part of the service that is there for speed. */
export interface Part {
  /** For `--only`. */
  readonly name: string;
  /** Prepares what is measured, has each comparison measured, and clears up. */
  compare(measure: (comparison: Comparison) => Promise<void>): Promise<void>;
}

/** A way within this process. `batch` answers how many calls it made. */
export function inProcess(batch: () => number | Promise<number>): Way {
  return async (seconds) => {
    const cpuAtStart = process.cpuUsage();
    const startedAt = performance.now();
    let calls = 0;
    let wallSeconds = 0;
    while (wallSeconds < seconds) {
      const made = batch();
      calls += typeof made === "number" ? made : await made;
      wallSeconds = (performance.now() - startedAt) / 1000;
    }
    const { user, system } = process.cpuUsage(cpuAtStart);
    return { calls, wallSeconds, cpuSeconds: (user + system) / 1e6 };
  };
}

/** A batch that calls `once` so many times in a row. */
export function times(count: number, once: (at: number) => unknown): () => number {
  return () => {
    for (let at = 0; at < count; at += 1) once(at);
    return count;
  };
}
