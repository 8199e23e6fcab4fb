import { turnUsedMs } from "./turn-clock.ts";

/** A piece of work. Must not throw. */
export interface Piece {
  readonly owner: unknown;
  /** Those of lower rank come first. Looked at when the piece comes, and when it is its turn. */
  rank(): number;
  start(): void;
}

/** Starts pieces of work in turns of the event loop that have time for them. */
export interface FairStarts {
  /**
   * At once if the turn has time for it and nothing of its rank or a lower one waits. Otherwise lower ranks come first,
   * and owners take turns. Returns a function that forgets the piece, if it has not started. Undefined, and the piece
   * never starts, when too many wait.
   */
  run(piece: Piece): (() => void) | undefined;
  /** For a piece of the first rank. False, and nothing has happened, if anything waits or the turn has no time. */
  runAtOnce(start: () => void): boolean;
  /** Whether an owner has pieces of a rank that wait. */
  hasWaiting(owner: unknown, rank: number): boolean;
}

export interface Pace {
  readonly ranks: number;
  /** The pieces of so many first ranks are cheap: they take a fraction of a millisecond. */
  readonly cheapRanks: number;
  /** Pieces that start in one turn of the event loop, and how long that has worked then, also on other things. */
  readonly most: number;
  readonly sliceMs: number;
  /** So many cheap ones start also after that: a hundred that come at once must not wait for a hundred long turns. */
  readonly least: number;
  /** Each piece with this number is of a later rank, if one waits: these must get on as well, one after another. */
  readonly laterShare: number;
  /** Pieces of one rank that wait. An owner may have no more of them than it leaves free for all others. */
  readonly waiting: number;
}

type Owners = Map<unknown, Set<Piece>>;

interface Queue {
  readonly rank: number;
  /** Owners of whom nothing has started since they began to wait: one piece comes before the second ones of others. */
  readonly fresh: Owners;
  readonly old: Owners;
  waiting: number;
  taken: number;
}

/** Each fourth piece of a rank is one of an owner who had a turn already: they must get on as well. */
const oldShare = 4;

/**
 * An asynchronous function returns at its first `await`, and a new connection is worked through in later ticks. So the
 * next piece starts once the ticks that follow the one before are through, and their number in a turn is limited.
 */
export function createFairStarts(pace: Pace, usedMs = turnUsedMs): FairStarts {
  const queues = Array.from({ length: pace.ranks }, (_, rank) => createQueue(rank));
  /** All but the first, in the order in which a piece of them is due. */
  const later = queues.slice(1);
  let waiting = 0;
  let begun = 0;
  let sinceLater = 0;
  let isScheduled = false;
  /** What is not cheap waits for a turn that has time, but only once. */
  let hasBegunCostly = false;
  let isCostlyDue = false;

  const hasTime = () => begun < pace.most && usedMs() <= pace.sliceMs;
  const isCheap = (rank: number) => rank < pace.cheapRanks;
  const mayStart = (rank: number) => (isCheap(rank) ? begun < pace.least : isCostlyDue) || hasTime();

  function take(): Piece | undefined {
    for (let queue = nextQueue(); queue !== undefined; queue = nextQueue()) {
      const piece = takeFrom(queue);
      if (piece === undefined) continue;
      waiting -= 1;
      const rank = piece.rank();
      // A piece whose new rank has no room starts: it was accepted, so it must not be lost.
      if (rank === queue.rank || !enter(piece, rank)) return piece;
    }
    return undefined;
  }

  /** A later rank that is due stays due until it may start, and holds up none that may. */
  function nextQueue(): Queue | undefined {
    const isDue = (queue: Queue) => isWaiting(queue) && mayStart(queue.rank);
    const due = sinceLater + 1 < pace.laterShare ? undefined : later.find(isDue);
    if (due !== undefined) {
      sinceLater = -1;
      later.push(...later.splice(later.indexOf(due), 1));
      return due;
    }
    const next = queues.find(isWaiting);
    return next !== undefined && mayStart(next.rank) ? next : undefined;
  }

  function enter(piece: Piece, rank: number): boolean {
    const queue = queues[rank];
    if (queue === undefined || !add(queue, piece, pace.waiting)) return false;
    waiting += 1;
    schedule();
    return true;
  }

  function begin(start: () => void, rank: number): void {
    schedule();
    begun += 1;
    if (!isCheap(rank)) {
      hasBegunCostly = true;
      isCostlyDue = false;
    }
    start();
  }

  /** A turn must end, even if nothing waits now. */
  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    // So the turn of the clock ends before the next one of this queue begins.
    usedMs();
    setImmediate(() => {
      isScheduled = false;
      begun = 0;
      hasBegunCostly = false;
      startNext();
    });
  }

  function startNext(): void {
    const piece = take();
    if (piece === undefined) {
      isCostlyDue = !hasBegunCostly && queues.some((queue) => !isCheap(queue.rank) && isWaiting(queue));
      if (waiting > 0) schedule();
      return;
    }
    sinceLater += 1;
    begin(() => piece.start(), piece.rank());
    // What it has queued may queue its own work in turn.
    queueMicrotask(() => process.nextTick(() => process.nextTick(startNext)));
  }

  function startAtOnce(start: () => void, rank: number): boolean {
    if (!mayStart(rank)) return false;
    begin(start, rank);
    return true;
  }

  return {
    hasWaiting: (owner, rank) => queues[rank]?.fresh.has(owner) === true || queues[rank]?.old.has(owner) === true,
    runAtOnce: (start) => waiting === 0 && startAtOnce(start, 0),
    run(piece) {
      const rank = piece.rank();
      const isNext = !queues.some((queue) => queue.rank <= rank && isWaiting(queue));
      const isEntered = (isNext && startAtOnce(() => piece.start(), rank)) || enter(piece, rank);
      if (!isEntered) return undefined;
      return () => {
        if (queues.some((queue) => remove(queue, piece))) waiting -= 1;
      };
    },
  };
}

function createQueue(rank: number): Queue {
  return { rank, fresh: new Map(), old: new Map(), waiting: 0, taken: 0 };
}

function isWaiting({ waiting }: Queue): boolean {
  return waiting > 0;
}

/** False, and nothing has happened, if its owner has as many as are left for all others. */
function add(queue: Queue, piece: Piece, mostWaiting: number): boolean {
  const { fresh, old } = queue;
  const pieces = fresh.get(piece.owner) ?? old.get(piece.owner) ?? new Set();
  if (pieces.size >= mostWaiting - queue.waiting) return false;
  if (pieces.size === 0) fresh.set(piece.owner, pieces);
  pieces.add(piece);
  queue.waiting += 1;
  return true;
}

function remove(queue: Queue, piece: Piece): boolean {
  for (const owners of [queue.fresh, queue.old]) {
    const pieces = owners.get(piece.owner);
    if (pieces?.delete(piece) !== true) continue;
    if (pieces.size === 0) owners.delete(piece.owner);
    queue.waiting -= 1;
    return true;
  }
  return false;
}

function takeFrom(queue: Queue): Piece | undefined {
  queue.taken += 1;
  const { fresh, old } = queue;
  for (const owners of queue.taken % oldShare === 0 ? [old, fresh] : [fresh, old]) {
    for (const [owner, pieces] of owners) {
      const [piece] = pieces;
      owners.delete(owner);
      if (piece === undefined) continue;
      pieces.delete(piece);
      if (pieces.size > 0) old.set(owner, pieces);
      queue.waiting -= 1;
      return piece;
    }
  }
  return undefined;
}
