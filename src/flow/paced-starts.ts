import { turnUsedMs } from "./turn-clock.ts";

/** Starts pieces of work whose cost shows only later, such as that of asynchronous functions. */
export interface PacedStarts {
  /**
   * At once if the turn has time for it and nothing waits. Otherwise owners take turns. Those for whom nothing was
   * waiting come first, so that one call is before the second ones of others. Urgent pieces and others take turns as
   * well. False, and the piece never starts, when too many of its owner wait.
   */
  run(owner: unknown, isUrgent: boolean, start: () => void): boolean;
  /** False, and nothing has happened, if it would have to wait. */
  runAtOnce(start: () => void): boolean;
}

interface PaceOptions {
  /** Pieces that start in one turn of the event loop. */
  readonly most: number;
  /** No more than `least` start in a turn that has worked for so long, also on other things. */
  readonly sliceMs: number;
  /**
   * Starting is cheap: with one in each turn, a hundred that come at once would wait for a hundred turns that others
   * fill.
   */
  readonly least: number;
  /** Pieces of one owner that wait, and urgent ones. */
  readonly waitingOfOwner: number;
  readonly urgentOfOwner: number;
}

type Starts = Map<unknown, (() => void)[]>;

interface Queue {
  /** Owners of whom nothing has started since they began to wait. */
  readonly fresh: Starts;
  readonly old: Starts;
}

/** Each fourth piece is one of an owner who had a turn already: they must get on as well. */
const oldShare = 4;

/**
 * An asynchronous function returns at its first `await`, and does its work after everything else that is ready: a
 * hundred of them take no time when they start, and then make one long turn. So their number in a turn is limited as
 * well. Work must not throw.
 */
export function createPacedStarts(
  { most, sliceMs, least, waitingOfOwner, urgentOfOwner }: PaceOptions,
  usedMs = turnUsedMs,
): PacedStarts {
  const urgent: Queue = { fresh: new Map(), old: new Map() };
  const others: Queue = { fresh: new Map(), old: new Map() };
  let taken = 0;
  let isScheduled = false;
  let started = 0;
  let waiting = 0;

  const hasTime = () => started < least || (started < most && usedMs() <= sliceMs);

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

  /** In the order in which they should be looked at now. */
  function queues(): readonly Starts[] {
    const isOldFirst = taken % oldShare === 0;
    const [first, second] = (isOldFirst ? taken / oldShare : taken) % 2 === 0 ? [urgent, others] : [others, urgent];
    const fresh = [first.fresh, second.fresh];
    const old = [first.old, second.old];
    return isOldFirst ? [...old, ...fresh] : [...fresh, ...old];
  }

  function takeNext(): (() => void) | undefined {
    if (waiting === 0) return undefined;
    taken += 1;
    for (const starts of queues()) {
      for (const [owner, list] of starts) {
        starts.delete(owner);
        const start = list.shift();
        const { old } = starts === urgent.fresh || starts === urgent.old ? urgent : others;
        if (list.length > 0) old.set(owner, list);
        waiting -= 1;
        return start;
      }
    }
    return undefined;
  }

  function runAtOnce(start: () => void): boolean {
    if (waiting > 0 || !hasTime()) return false;
    begin(start);
    return true;
  }

  return {
    runAtOnce,
    run(owner, isUrgent, start) {
      if (runAtOnce(start)) return true;
      const { fresh, old } = isUrgent ? urgent : others;
      const list = fresh.get(owner) ?? old.get(owner);
      if (list === undefined) fresh.set(owner, [start]);
      else if (list.length >= (isUrgent ? urgentOfOwner : waitingOfOwner)) return false;
      else list.push(start);
      waiting += 1;
      schedule();
      return true;
    },
  };
}
