/** Bytes that one party holds: a user, a stranger's address, or a connection. */
export interface Account {
  held: number;
}

interface Holder extends Account {
  /** In the order in which they began to wait. */
  readonly waiting: Share[];
}

export interface BudgetLimits {
  /** Of all shares together. */
  readonly totalBytes: number;
  /** Of the shares of one connection. */
  readonly connectionBytes: number;
  /** Shares that wait at the same time: of one holder, and of all. */
  readonly waitingOfHolder: number;
  readonly waiting: number;
}

export interface Budget {
  /** Bytes that shares hold now. */
  readonly held: number;
  /** Shares that wait now. */
  readonly waiting: number;
  /** Shares that were refused since the start, because too many were waiting. */
  readonly refused: number;
  /** A share that holds nothing yet. It must be closed. `name` is the user or the address that it is held for. */
  open(name: string, connection: Account): Share;
}

/** The part of a budget that one call holds. */
export interface Share {
  readonly bytes: number;
  /**
   * Asks that the share hold `bytes`. True: it does. Otherwise it holds nothing, and `onSettled` is called once, in a
   * later turn of the event loop: with true when it holds them, with false when it was refused. Never called after
   * `close`.
   */
  take(bytes: number, onSettled: (isGranted: boolean) => void): boolean;
  /** Like `take`, but does not wait: false when there is no room, and then nothing has changed. */
  takeAtOnce(bytes: number): boolean;
  /** Like `takeAtOnce`, but passes those that wait: for what is small and cannot wait, such as a refusal. */
  takeAhead(bytes: number): boolean;
  /** The share holds `bytes` from now on, whatever the limits are: the memory is in use already. */
  set(bytes: number): void;
  /** Gives back all bytes, and ends a wait. */
  close(): void;
}

/** How long shares are granted without a pause: what those who get them do holds up all other work. */
const turnMs = 8;

/** Holders that are remembered. Beyond it, those that hold nothing are forgotten. */
const holdersMax = 10_000;

/**
 * Divides memory among callers. A holder may have no more than what it leaves free for all others: one caller alone can
 * use half, and of `n` who want everything, each gets about one part of `n + 1`. So greedy callers cannot lock out a
 * modest one.
 *
 * A share that does not fit waits, in order within a holder, and holders take turns. A share that waits holds nothing,
 * so what is granted never waits for what is waiting, and nothing can block for ever.
 */
export function createBudget(limits: BudgetLimits, monotonicMs = () => performance.now()): Budget {
  const { totalBytes, connectionBytes } = limits;
  const holders = new Map<string, Holder>();
  /** Holders with waiting shares, in the order of their next turn. */
  const queue = new Set<Holder>();
  let held = 0;
  let waiting = 0;
  let refused = 0;
  let isScheduled = false;

  function holderOf(name: string): Holder {
    const known = holders.get(name);
    if (known !== undefined) return known;
    if (holders.size >= holdersMax) forgetIdle();
    const holder: Holder = { held: 0, waiting: [] };
    holders.set(name, holder);
    return holder;
  }

  function forgetIdle(): void {
    for (const [name, holder] of holders) {
      if (holder.held === 0 && holder.waiting.length === 0) holders.delete(name);
    }
  }

  const hasRoom = (holder: Account, more: number) => holder.held + more <= totalBytes - held - more;
  const hasRoomOnConnection = (connection: Account, more: number) => connection.held + more <= connectionBytes;

  function schedule(): void {
    if (waiting === 0 || isScheduled) return;
    isScheduled = true;
    setImmediate(grantWaiting);
  }

  function grantWaiting(): void {
    isScheduled = false;
    const startMs = monotonicMs();
    for (const holder of queue) {
      const share = nextOf(holder);
      if (share === undefined) continue;
      share.grant();
      if (queue.delete(holder)) queue.add(holder);
      share.settle(true);
      if (monotonicMs() - startMs <= turnMs) continue;
      schedule();
      return;
    }
  }

  /**
   * The first share for which there is room. One whose connection is full does not hold up those of other connections.
   */
  function nextOf(holder: Holder): OneShare | undefined {
    for (const share of holder.waiting as OneShare[]) {
      if (!hasRoomOnConnection(share.connection, share.wanted)) continue;
      return hasRoom(holder, share.wanted) ? share : undefined;
    }
    return undefined;
  }

  class OneShare implements Share {
    bytes = 0;
    wanted = 0;
    readonly connection: Account;
    readonly #holder: Holder;
    #onSettled: ((isGranted: boolean) => void) | undefined;

    constructor(holder: Holder, connection: Account) {
      this.#holder = holder;
      this.connection = connection;
    }

    takeAtOnce(bytes: number): boolean {
      return (this.#holder.waiting.length === 0 || bytes <= this.bytes) && this.takeAhead(bytes);
    }

    takeAhead(bytes: number): boolean {
      const more = bytes - this.bytes;
      if (more > 0 && !(hasRoomOnConnection(this.connection, more) && hasRoom(this.#holder, more))) return false;
      this.#add(more);
      return true;
    }

    take(bytes: number, onSettled: (isGranted: boolean) => void): boolean {
      if (this.takeAtOnce(bytes)) return true;
      const holder = this.#holder;
      this.set(0);
      this.#onSettled = onSettled;
      if (waiting >= limits.waiting || holder.waiting.length >= limits.waitingOfHolder) {
        refused += 1;
        setImmediate(() => this.settle(false));
        return false;
      }
      this.wanted = bytes;
      holder.waiting.push(this);
      queue.add(holder);
      waiting += 1;
      // What it gave up may be enough for another one, or even for itself.
      schedule();
      return false;
    }

    set(bytes: number): void {
      const more = bytes - this.bytes;
      this.#add(more);
      if (more < 0) schedule();
    }

    close(): void {
      this.#onSettled = undefined;
      if (this.wanted > 0) {
        this.#leaveQueue();
        // Those that waited behind it may need less.
        schedule();
      }
      this.set(0);
    }

    grant(): void {
      const { wanted } = this;
      this.#leaveQueue();
      this.#add(wanted);
    }

    settle(isGranted: boolean): void {
      const callback = this.#onSettled;
      this.#onSettled = undefined;
      callback?.(isGranted);
    }

    #leaveQueue(): void {
      const holder = this.#holder;
      holder.waiting.splice(holder.waiting.indexOf(this), 1);
      if (holder.waiting.length === 0) queue.delete(holder);
      waiting -= 1;
      this.wanted = 0;
    }

    #add(more: number): void {
      this.bytes += more;
      this.#holder.held += more;
      this.connection.held += more;
      held += more;
    }
  }

  return {
    get held() {
      return held;
    },
    get waiting() {
      return waiting;
    },
    get refused() {
      return refused;
    },
    open: (name, connection) => new OneShare(holderOf(name), connection),
  };
}
