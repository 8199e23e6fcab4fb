/** How long pieces of work are started in one turn of the event loop before others wait for the next one. */
const sliceMs = 4;

/**
 * Urgent pieces that start in one turn however long the others took: they are short, and a hundred may have come at
 * once.
 */
const leastUrgent = 16;

/** Each eighth piece is not an urgent one, if any waits: they must get on as well. */
const othersShare = 8;

/** Each fourth urgent piece is the one that has waited longest: the larger ones must get on as well. */
const longestShare = 4;

/** Starts pieces of work, each of which does most of its work in a tick that it has queued when it returns. */
export interface FairStarts {
  /**
   * What is urgent comes before everything else that waits: the pieces of least `urgentSize` first. Undefined: not
   * urgent.
   */
  run(owner: string, urgentSize: number | undefined, start: () => void): void;
}

interface Urgent {
  readonly size: number;
  readonly work: () => void;
}

/**
 * Starts the first piece of a turn of the event loop at once. Others wait for the end of the turn, and their owners
 * take turns. So one owner of many pieces does not hold up another one of few. Work must not throw.
 */
export function createFairStarts(now = () => performance.now()): FairStarts {
  const urgent: Urgent[] = [];
  const waiting = new Map<string, (() => void)[]>();
  let isScheduled = false;
  let usedMs = 0;
  let taken = 0;
  let urgentTaken = 0;

  const isWaiting = () => urgent.length > 0 || waiting.size > 0;
  const isOver = () => usedMs >= sliceMs && (urgent.length === 0 || urgentTaken >= leastUrgent);

  function take(): (() => void) | undefined {
    taken += 1;
    const isUrgentNext = taken % othersShare > 0 || waiting.size === 0 || usedMs >= sliceMs;
    if (urgent.length > 0 && isUrgentNext) return takeUrgent();
    for (const [owner, works] of waiting) {
      waiting.delete(owner);
      const work = works.shift();
      if (works.length > 0) waiting.set(owner, works);
      return work;
    }
    return undefined;
  }

  function takeUrgent(): (() => void) | undefined {
    urgentTaken += 1;
    if (urgentTaken % longestShare === 0) return urgent.shift()?.work;
    let least = 0;
    urgent.forEach(({ size }, at) => {
      if (size < (urgent[least]?.size ?? 0)) least = at;
    });
    return urgent.splice(least, 1)[0]?.work;
  }

  /** Begins a turn, in which `usedMs` grows until it is over. */
  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      usedMs = 0;
      urgentTaken = 0;
      startNext();
    });
  }

  function startNext(): void {
    if (!isWaiting()) return;
    if (isOver()) schedule();
    else take()?.();
  }

  return {
    run(owner, urgentSize, start) {
      const work = () => {
        const startedAtMs = now();
        // A turn must end, even if nothing waits now.
        schedule();
        start();
        process.nextTick(() =>
          process.nextTick(() => {
            usedMs += now() - startedAtMs;
            startNext();
          }),
        );
      };
      if (!isScheduled) {
        work();
        return;
      }
      if (urgentSize !== undefined) {
        urgent.push({ size: urgentSize, work });
        return;
      }
      const works = waiting.get(owner);
      if (works === undefined) waiting.set(owner, [work]);
      else works.push(work);
    },
  };
}
