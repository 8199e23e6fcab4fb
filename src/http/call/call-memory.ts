import { networkOf } from "../../admission/admission.ts";
import type { Share } from "../../admission/budget.ts";
import { SecretError } from "../../error.ts";
import { createFairStarts } from "../../flow/fair-starts.ts";
import { createTurns } from "../../flow/turns.ts";
import { limits } from "../../limits.ts";
import type { Room } from "../../rules/decision-record.ts";
import type { Call } from "./call.ts";
import type { Budgets } from "./connection-memory.ts";
import type { Exchange } from "./exchange.ts";

/** Reading, handling and encoding of large calls, each of which takes milliseconds. */
const largeCalls = createTurns();

/** Decoding and handling of all others: a few milliseconds at most, but a hundred may be ready at the same moment. */
const smallCalls = createFairStarts({
  ranks: 1,
  cheapRanks: 1,
  most: 16,
  sliceMs: 8,
  least: 4,
  laterShare: 2,
  waiting: Number.POSITIVE_INFINITY,
});

const firstRank = () => 0;

/** A call that may need this much memory may also take long. */
const largeBytes = 1024 * 1024;

/**
 * The memory that a call may use, as a share of the budget: from before its body is read until its response has left,
 * or its handler has ended, whichever is later. A client that leaves early does not make room for its next call before
 * that.
 *
 * What holds a body may wait for the rest of a call's memory, but not the other way round, so no two calls wait for
 * each other.
 */
export class CallMemory implements Room {
  readonly #budgets: Budgets;
  readonly #exchange: Exchange;
  readonly #holder: string;
  readonly #share: Share;
  #body: Share | undefined;
  #isWorking = false;
  #isClosed = false;
  #isLarge = false;
  /** Ends the wait of a call that asked for more memory. */
  #giveUp: (() => void) | undefined;

  /** `onLeft` is called when the client is gone before the handler began, or after it ended. */
  constructor(budgets: Budgets, exchange: Exchange, call: Call | undefined, onLeft: () => void) {
    this.#budgets = budgets;
    this.#exchange = exchange;
    this.#holder = holderOf(exchange, call);
    const kind = call === undefined ? "strangers" : "calls";
    this.#share = budgets[kind].open(this.#holder, exchange.connection[kind]);
    exchange.onceClosed(() => {
      this.#isClosed = true;
      this.#giveUp?.();
      if (this.#isWorking) return;
      this.#close();
      onLeft();
    });
  }

  /**
   * Calls `done` once the call may use `bytes`: at once if there is room. Passes an error if too many calls wait. Never
   * calls it when the client is gone.
   */
  reserve(bytes: number, done: (error: unknown) => void): void {
    if (this.#isClosed) return;
    if (bytes >= largeBytes) this.#isLarge = true;
    const isTaken = this.#share.take(bytes, (isGranted) => done(isGranted ? undefined : tooManyCalls()));
    if (isTaken) done(undefined);
  }

  /**
   * Runs work of the call: at once or, if the call is large, in a turn of the event loop that no other large call
   * shares.
   */
  run(work: () => void): void {
    if (this.#isLarge) largeCalls.run(work);
    else work();
  }

  /**
   * Like `run`, for the beginning of that work. Small calls wait as well if many begin in one turn, and their callers
   * take turns.
   */
  begin(work: () => void): void {
    if (this.#isLarge) largeCalls.run(work);
    else if (!smallCalls.runAtOnce(work)) smallCalls.run({ owner: this.#holder, rank: firstRank, start: work });
  }

  /** Like `reserve`, for a handler. */
  grow(bytes: number): Promise<void> {
    this.#isLarge = true;
    return new Promise((resolve, reject) => {
      const settle = (isGranted: boolean) => {
        this.#giveUp = undefined;
        if (isGranted) largeCalls.run(resolve);
        else reject(tooManyCalls());
      };
      if (this.#isClosed) return settle(false);
      this.#giveUp = () => {
        this.#share.close();
        settle(false);
      };
      if (this.#share.take(bytes, settle)) settle(true);
    });
  }

  /** Like `reserve`, for a body of at most `bytes`, in memory as it came and as what it was decoded to. */
  reserveBody(bytes: number, done: (error: unknown) => void): void {
    if (this.#isClosed) return;
    const { bodies } = this.#budgets;
    this.#body ??= bodies.open(this.#holder, this.#exchange.connection.bodies);
    if (this.#body.takeAtOnce(2 * bytes)) {
      done(undefined);
      return;
    }
    this.#share.close();
    this.#body.take(2 * bytes, (isGranted) => {
      if (isGranted) this.reserve(limits.callBytes, done);
      else done(tooManyCalls());
    });
  }

  /** The size of the body is known now. */
  setBody(bytes: number): void {
    this.#isLarge = true;
    this.#body?.set(2 * bytes);
  }

  /** From now on the memory is in use until `endWork`, even if the client leaves. */
  beginWork(): void {
    this.#isWorking = true;
    // The client may have left right after the end of its request.
    if (this.#share.bytes === 0) this.#share.set(limits.callBytes);
  }

  endWork(): void {
    this.#isWorking = false;
    if (this.#isClosed) this.#close();
    else this.answer(0);
  }

  /** Only the response is left, or the call is refused and waits no longer. */
  answer(bytes: number): void {
    this.#giveUp?.();
    if (this.#isWorking || this.#isClosed) return;
    this.#close();
    this.#share.set(limits.answeredCallBytes + bytes);
  }

  /**
   * The call is refused. False if that cannot be said: its client has left so many responses unread that there is no
   * memory for one more.
   */
  refuse(): boolean {
    const had = this.#share.bytes;
    this.answer(0);
    if (this.#isWorking || this.#isClosed || had >= limits.answeredCallBytes) return true;
    this.#share.set(0);
    return this.#share.takeAhead(limits.answeredCallBytes);
  }

  #close(): void {
    this.#share.close();
    this.#body?.close();
  }
}

/**
 * Whether there is memory for the response to a request that is not a call, or is refused before it is one. If so, it
 * counts until the response has left. If not, too many such responses are unread.
 */
export function hasRoomForAnswer(budgets: Budgets, exchange: Exchange, bytes: number): boolean {
  return roomForAnswer(budgets, exchange, limits.answeredCallBytes + bytes);
}

/** The same for a request of which so little was looked at that all of it, with its response, has `bytes`. */
export function roomForAnswer({ strangers }: Budgets, exchange: Exchange, bytes: number): boolean {
  const share = strangers.open(networkOf(exchange.peer), exchange.connection.strangers);
  // Calls of this address may wait for their turn only. That must not cut off one that is refused.
  if (!share.takeAhead(bytes)) return false;
  exchange.onceClosed(() => share.close());
  return true;
}

function holderOf({ peer }: Exchange, call: Call | undefined): string {
  return call === undefined ? networkOf(peer) : `${call.caller.tenant}/${call.caller.slug}`;
}

function tooManyCalls(): SecretError {
  const message = "too many of your calls wait for memory: read the responses, or make fewer calls at once";
  return new SecretError({ reason: "RATE_LIMITED", message, retryAfterSeconds: 1 });
}
