import type { Db } from "mongodb";
import { createLanes } from "../../../flow/lanes.ts";
import { limits } from "../../../limits.ts";
import { requireName, requireText } from "../../guard.ts";
import { type SecretEvent, type SecretEvents, WatchPositionError } from "../../secret-events.ts";
import type { Store } from "../../store.ts";
import { withFault } from "../connect/failure.ts";
import { createEventInbox } from "./event-inbox.ts";
import { type EventFence, type EventProof, openEventStream, timeOf } from "./event-stream.ts";
import { createEventTail } from "./event-tail.ts";

export interface SecretWatch {
  watchSecrets: Store["watchSecrets"];
  /** Ends all watches. */
  close(): Promise<void>;
}

interface CaughtUp extends SecretEvents {
  readonly isComplete: boolean;
}

/** How many watchers read what they missed at the same time: each takes a connection. */
const catchUpMax = 4;
/** How long the server may wait for events of such a watcher before it replies. */
const waitMs = 100;

/**
 * Watches by change streams: one for all watchers that are up to date, and one for each watcher while it catches up.
 */
export function createSecretWatch(db: Db, fence: EventFence, proof: () => EventProof): SecretWatch {
  const tail = createEventTail(db, fence, proof);
  const closing = new AbortController();
  const catchUps = createLanes(catchUpMax);

  /** The events after `after`: a batch of them, or all of them up to the time `since` at least. */
  async function readAfter(tenant: string, after: string, since: bigint, signal: AbortSignal): Promise<CaughtUp> {
    const stream = openEventStream(db, { after, tenant, waitMs, proof, fence });
    const events: SecretEvent[] = [];
    let position = after;
    try {
      while (events.length < limits.eventBatch && !signal.aborted) {
        const event = await stream.next();
        const reached = event?.position ?? stream.position();
        if (reached > position) position = reached;
        if (event !== undefined) events.push(event);
        else if (timeOf(position) >= since) return { events, position, isComplete: true };
        else if (events.length > 0) break;
      }
      return { events, position, isComplete: false };
    } finally {
      await stream.close();
    }
  }

  async function* watch(tenant: string, after: string, signal: AbortSignal): AsyncIterable<SecretEvents> {
    const inbox = createEventInbox(tenant);
    try {
      const start = await tail.listen(inbox.listener);
      let since = start.since;
      let position = after === "" ? start.position : after;
      let isComplete = after === "";
      yield* isComplete ? [{ events: [], position }] : [];
      while (!signal.aborted) {
        if (!isComplete) {
          const batch = await catchUps.run(() => readAfter(tenant, position, since, signal));
          ({ position, isComplete } = batch);
          yield batch;
          continue;
        }
        await inbox.arrival(signal);
        const batch = inbox.take();
        const reached = inbox.reached();
        since = timeOf(reached);
        isComplete = batch !== undefined;
        const events = (batch?.events ?? []).filter((event) => event.position > position);
        if (isComplete && reached > position) position = reached;
        if (events.length > 0) yield { events, position };
      }
    } finally {
      tail.stop(inbox.listener);
    }
  }

  return {
    async *watchSecrets({ tenant, after, signal }) {
      requireName(tenant, "tenant");
      requireText(after, "after");
      const ending = AbortSignal.any([signal, closing.signal]);
      try {
        if (!ending.aborted) yield* watch(tenant, after, ending);
      } catch (error) {
        if (error instanceof WatchPositionError) throw error;
        if (!ending.aborted) throw withFault("unavailable", "the store could not be watched", error);
      }
    },
    async close() {
      closing.abort();
      await tail.close();
    },
  };
}
