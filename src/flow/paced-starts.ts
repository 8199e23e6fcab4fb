import { turnUsedMs } from "./turn-clock.ts";

/** Starts pieces of work whose cost shows only later, such as that of asynchronous functions. */
export interface PacedStarts {
  /** At once if the turn has time for it and nothing waits. Urgent pieces and others take turns; within each kind, owners do. */
  run(owner: unknown, isUrgent: boolean, start: () => void): void;
}

interface PaceOptions {
  /** Pieces that start in one turn of the event loop. */
  readonly most: number;
  /** No more start in a turn that has worked for so long, also on other things. */
  readonly sliceMs: number;
}

type Queue = Map<unknown, (() => void)[]>;

/**
 * An asynchronous function returns at its first `await`, and does its work after everything else that is ready: a hundred of them take
 * no time when they start, and then make one long turn. So their number in a turn is limited as well. Work must not throw.
 */
export function createPacedStarts({ most, sliceMs }: PaceOptions, usedMs = turnUsedMs): PacedStarts {
  const urgent: Queue = new Map();
  const others: Queue = new Map();
  let isUrgentNext = true;
  let isScheduled = false;
  let started = 0;

  const hasTime = () => started === 0 || (started < most && usedMs() <= sliceMs);

  function begin(start: () => void): void {
    if (started === 0) schedule();
    started += 1;
    start();
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(nextTurn);
  }

  function nextTurn(): void {
    isScheduled = false;
    started = 0;
    while (hasTime()) {
      const start = takeNext();
      if (start === undefined) return;
      begin(start);
    }
    schedule();
  }

  function takeNext(): (() => void) | undefined {
    const queue = (isUrgentNext && urgent.size > 0) || others.size === 0 ? urgent : others;
    isUrgentNext = queue !== urgent;
    for (const [owner, starts] of queue) {
      queue.delete(owner);
      const start = starts.shift();
      if (starts.length > 0) queue.set(owner, starts);
      return start;
    }
    return undefined;
  }

  return {
    run(owner, isUrgent, start) {
      if (urgent.size === 0 && others.size === 0 && hasTime()) {
        begin(start);
        return;
      }
      const queue = isUrgent ? urgent : others;
      const starts = queue.get(owner);
      if (starts === undefined) queue.set(owner, [start]);
      else starts.push(start);
      schedule();
    },
  };
}
