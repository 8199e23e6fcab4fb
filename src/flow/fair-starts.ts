/** How long pieces of work are started in one turn of the event loop before others wait for the next one. */
const sliceMs = 4;

/** Each eighth piece is not an urgent one, if any waits: they must get on as well. */
const othersShare = 8;

/** Starts pieces of work, each of which does most of its work in a tick that it has queued when it returns. */
export interface FairStarts {
  /** What is urgent comes before everything else that waits. */
  run(owner: string, isUrgent: boolean, start: () => void): void;
}

/**
 * Starts the first piece of a turn of the event loop at once. Others wait for the end of the turn, and their owners
 * take turns. So one owner of many pieces does not hold up another one of few. Work must not throw.
 */
export function createFairStarts(now = () => performance.now()): FairStarts {
  const urgent: (() => void)[] = [];
  const waiting = new Map<string, (() => void)[]>();
  let isScheduled = false;
  let usedMs = 0;
  let taken = 0;

  const isWaiting = () => urgent.length > 0 || waiting.size > 0;

  function take(): (() => void) | undefined {
    taken += 1;
    if (urgent.length > 0 && (taken % othersShare > 0 || waiting.size === 0)) return urgent.shift();
    for (const [owner, works] of waiting) {
      waiting.delete(owner);
      const work = works.shift();
      if (works.length > 0) waiting.set(owner, works);
      return work;
    }
    return undefined;
  }

  /** Begins a turn, in which `usedMs` grows until it is over. */
  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      const isUsedUp = usedMs >= sliceMs;
      usedMs = 0;
      // The first piece may have begun in this turn.
      if (isUsedUp && isWaiting()) schedule();
      else startNext();
    });
  }

  function startNext(): void {
    if (!isWaiting()) return;
    if (usedMs >= sliceMs) schedule();
    else take()?.();
  }

  return {
    run(owner, isUrgent, start) {
      const work = () => {
        const startedAtMs = now();
        // A turn must end, even if nothing waits now.
        schedule();
        start();
        process.nextTick(() => {
          usedMs += now() - startedAtMs;
          startNext();
        });
      };
      if (!isScheduled) {
        work();
        return;
      }
      if (isUrgent) {
        urgent.push(work);
        return;
      }
      const works = waiting.get(owner);
      if (works === undefined) waiting.set(owner, [work]);
      else works.push(work);
    },
  };
}
