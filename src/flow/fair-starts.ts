/** How long pieces of work are started in one turn of the event loop before others wait for the next one. */
const sliceMs = 4;

/** Urgent pieces that start also after that, because a hundred may have come at once; but not after `urgentMs`. */
const leastUrgent = 16;
const urgentMs = 8;

/** After seven urgent pieces comes one that is not, if any waits: they must get on as well. */
const urgentInRow = 7;

/** Each fourth urgent piece is a larger one, if any waits. */
const largerShare = 4;

/** A piece of work that does most of its work in a tick that it has queued when it returns. Must not throw. */
export interface Piece {
  readonly owner: string;
  /** Looked at when the piece comes, and when it is its turn. */
  urgency(): "short" | "larger" | "none";
  start(): void;
}

export interface FairStarts {
  /** Returns a function that forgets the piece, if it has not started. */
  run(piece: Piece): () => void;
}

/**
 * Starts the first piece of a turn of the event loop at once. Others wait for the end of the turn: first the urgent
 * ones, short ones before larger ones, then the others, whose owners take turns. So one owner of many pieces does not
 * hold up another one of few.
 */
export function createFairStarts(now = () => performance.now()): FairStarts {
  const short = new Set<Piece>();
  const larger = new Set<Piece>();
  const others = new Map<string, Set<Piece>>();
  let isScheduled = false;
  let usedMs = 0;
  let urgentTaken = 0;
  let urgentRow = 0;

  const isUrgentWaiting = () => short.size > 0 || larger.size > 0;
  const mayStartUrgent = () => isUrgentWaiting() && urgentTaken < leastUrgent && usedMs < urgentMs;
  const isOver = () => usedMs >= sliceMs && !mayStartUrgent();

  function enter(piece: Piece): void {
    const urgency = piece.urgency();
    if (urgency === "short") short.add(piece);
    else if (urgency === "larger") larger.add(piece);
    else {
      const pieces = others.get(piece.owner);
      if (pieces === undefined) others.set(piece.owner, new Set([piece]));
      else pieces.add(piece);
    }
  }

  function forget(piece: Piece): void {
    short.delete(piece);
    larger.delete(piece);
    const pieces = others.get(piece.owner);
    if (pieces?.delete(piece) === true && pieces.size === 0) others.delete(piece.owner);
  }

  function take(): Piece | undefined {
    const isOthersTurn = others.size > 0 && usedMs < sliceMs && urgentRow >= urgentInRow;
    const urgent = isOthersTurn ? undefined : takeUrgent();
    return urgent ?? takeOther();
  }

  /** One that has become larger while it waited is put where it belongs. */
  function takeUrgent(): Piece | undefined {
    const order = (urgentTaken + 1) % largerShare === 0 ? [larger, short] : [short, larger];
    for (const pieces of order) {
      for (const piece of pieces) {
        pieces.delete(piece);
        const urgency = piece.urgency();
        if (urgency === "short" || (urgency === "larger" && pieces === larger)) {
          urgentTaken += 1;
          urgentRow += 1;
          return piece;
        }
        enter(piece);
      }
    }
    return undefined;
  }

  function takeOther(): Piece | undefined {
    for (const [owner, pieces] of others) {
      others.delete(owner);
      const [piece] = pieces;
      if (piece === undefined) continue;
      pieces.delete(piece);
      if (pieces.size > 0) others.set(owner, pieces);
      urgentRow = 0;
      return piece;
    }
    return undefined;
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
    if (!isUrgentWaiting() && others.size === 0) return;
    const piece = isOver() ? undefined : take();
    if (piece === undefined) schedule();
    else begin(piece);
  }

  function begin(piece: Piece): void {
    const startedAtMs = now();
    // A turn must end, even if nothing waits now.
    schedule();
    piece.start();
    // What it has queued may queue its own work in turn.
    process.nextTick(() =>
      process.nextTick(() => {
        usedMs += now() - startedAtMs;
        startNext();
      }),
    );
  }

  return {
    run(piece) {
      if (isScheduled) enter(piece);
      else begin(piece);
      return () => forget(piece);
    },
  };
}
