/** Something that was handed to a connection, and that its client has not taken yet. */
export interface Unread {
  /** Where it stands among those that are watched; -1: it is not. Only `SlowReaders` changes it. */
  unreadAt: number;
  /** Ends it, so that its memory is freed. */
  cut(): void;
}

/** Cuts off clients that do not read. */
export interface SlowReaders {
  /** Responses and messages that their clients have not taken yet. */
  readonly unread: number;
  /** Those that were cut off since the start. */
  readonly cut: number;
  /** Starts to wait until the client has taken `bytes`. Another call for the same object starts anew. */
  watch(unread: Unread, bytes: number): void;
  /** It was taken, or its connection is gone. */
  forget(unread: Unread): void;
  close(): void;
}

/**
 * A client has `patienceMs`, and more for what is large: it must read `bytesPerSecond`. Otherwise a client that reads a
 * byte now and then would hold memory for ever. Looks a few times in each `patienceMs`, so that a response costs no
 * timer.
 *
 * Responses stand in arrays that are never made anew. A `Map` leaves its former tables behind, and these keep what was
 * in them until a full garbage collection: with one here, collections took three times as long under load.
 */
export function createSlowReaders(options: {
  readonly patienceMs: number;
  readonly bytesPerSecond: number;
}): SlowReaders {
  const { patienceMs, bytesPerSecond } = options;
  const stepMs = Math.max(10, Math.min(1000, Math.floor(patienceMs / 4)));
  const watched: (Unread | undefined)[] = [];
  const due: number[] = [];
  let count = 0;
  let step = 0;
  let cut = 0;
  const forget = (unread: Unread) => {
    const at = unread.unreadAt;
    if (at < 0) return;
    unread.unreadAt = -1;
    count -= 1;
    const last = watched[count];
    watched[count] = undefined;
    if (last === undefined || at === count) return;
    watched[at] = last;
    due[at] = due[count] ?? 0;
    last.unreadAt = at;
  };
  const timer = setInterval(() => {
    step += 1;
    // Backwards: what is forgotten is replaced by the last one, which was looked at.
    for (let at = count - 1; at >= 0; at--) {
      const unread = watched[at];
      if (unread === undefined || (due[at] ?? 0) > step) continue;
      forget(unread);
      cut += 1;
      unread.cut();
    }
  }, stepMs);
  timer.unref();
  return {
    get unread() {
      return count;
    },
    get cut() {
      return cut;
    },
    watch(unread, bytes) {
      const allowedMs = patienceMs + (bytes * 1000) / bytesPerSecond;
      if (unread.unreadAt < 0) {
        unread.unreadAt = count;
        watched[count] = unread;
        count += 1;
      }
      due[unread.unreadAt] = step + 1 + Math.ceil(allowedMs / stepMs);
    },
    forget,
    close: () => clearInterval(timer),
  };
}
