import type { SecretEvent, SecretEvents, WatchPositionError } from "../../secret-events.ts";
import type { Listener } from "./event-tail.ts";

/** Events that are queued for a watcher that does not take them. With more, it has to read them again. */
const queueMax = 1_000;

/** The events that were sent to one watcher and that it has not taken yet. */
export interface EventInbox {
  readonly listener: Listener;
  /**
   * The events since the last call; undefined when there were too many. Throws `WatchPositionError` when events were
   * missed.
   */
  take(): SecretEvents | undefined;
  /** The position up to which all events have been received. */
  reached(): string;
  /** Resolves when there is something to take, or `signal` aborts. */
  arrival(signal: AbortSignal): Promise<void>;
}

/** Collects the events of one tenant. */
export function createEventInbox(tenant: string): EventInbox {
  let queue: SecretEvent[] = [];
  let isTooMuch = false;
  let lost: WatchPositionError | undefined;
  let reached = "";
  let wake = () => {};
  return {
    listener: {
      onEvent(event) {
        reached = event.position;
        if (event.secret.tenant !== tenant) return;
        if (queue.length >= queueMax) {
          queue = [];
          isTooMuch = true;
        } else if (!isTooMuch) {
          queue.push(event);
        }
        wake();
      },
      onProgress(position) {
        reached = position;
      },
      onLost(error) {
        lost = error;
        wake();
      },
    },
    take() {
      if (lost !== undefined) throw lost;
      const taken = isTooMuch ? undefined : { events: queue, position: reached };
      queue = [];
      isTooMuch = false;
      return taken;
    },
    reached: () => reached,
    async arrival(signal) {
      if (queue.length > 0 || isTooMuch || lost !== undefined || signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = () => resolve();
      wake = end;
      signal.addEventListener("abort", end);
      await promise;
      signal.removeEventListener("abort", end);
    },
  };
}
