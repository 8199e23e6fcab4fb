/** Something that was handed to a connection, and that its client has not taken yet. */
export interface Unread {
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
 * A client has `patienceMs`, and more for what is large: it must read `bytesPerSecond`. Otherwise a client that reads a byte now
 * and then would hold memory for ever. Looks a few times in each `patienceMs`, so that a response costs no timer.
 */
export function createSlowReaders(options: {
  readonly patienceMs: number;
  readonly bytesPerSecond: number;
}): SlowReaders {
  const { patienceMs, bytesPerSecond } = options;
  const stepMs = Math.max(10, Math.min(1000, Math.floor(patienceMs / 4)));
  const dueAt = new Map<Unread, number>();
  let step = 0;
  let cut = 0;
  const timer = setInterval(() => {
    step += 1;
    for (const [unread, due] of dueAt) {
      if (due > step) continue;
      dueAt.delete(unread);
      cut += 1;
      unread.cut();
    }
  }, stepMs);
  timer.unref();
  return {
    get unread() {
      return dueAt.size;
    },
    get cut() {
      return cut;
    },
    watch(unread, bytes) {
      const allowedMs = patienceMs + (bytes * 1000) / bytesPerSecond;
      dueAt.set(unread, step + 1 + Math.ceil(allowedMs / stepMs));
    },
    forget: (unread) => void dueAt.delete(unread),
    close: () => clearInterval(timer),
  };
}
