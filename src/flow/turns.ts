import { turnUsedMs } from "./turn-clock.ts";

/** A piece waits for the next turn when this one has worked for longer, but only once. */
const fullMs = 12;

/** Runs pieces of work one at a time, each in a turn of the event loop of its own. */
export interface Turns {
  run(work: () => void): void;
}

/**
 * Pieces that are ready at the same moment would run one after another, and everything else would wait for all of them.
 * With this, other work waits for one. Work must not throw.
 */
export function createTurns(usedMs = turnUsedMs): Turns {
  const waiting: (() => void)[] = [];
  let isScheduled = false;
  let hasWaited = false;
  const schedule = () => {
    if (isScheduled || waiting.length === 0) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      hasWaited = !hasWaited && usedMs() > fullMs;
      const work = hasWaited ? undefined : waiting.shift();
      schedule();
      work?.();
    });
  };
  return {
    run(work) {
      waiting.push(work);
      schedule();
    },
  };
}
