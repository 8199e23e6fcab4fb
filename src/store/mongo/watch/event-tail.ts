import { setTimeout as delay } from "node:timers/promises";
import type { Db } from "mongodb";
import { type SecretEvent, WatchPositionError } from "../../secret-events.ts";
import { type EventFence, type EventProof, type EventStream, openEventStream, timeOf } from "./event-stream.ts";

/** Receives every event. */
export interface Listener {
  onEvent(event: SecretEvent): void;
  /** All events up to `position` have been sent. */
  onProgress(position: string): void;
  /** Events may have been missed. */
  onLost(error: WatchPositionError): void;
}

/** Where a listener starts. */
export interface TailStart {
  readonly position: string;
  /** All events after this time are sent, see `timeOf`. */
  readonly since: bigint;
}

export interface EventTail {
  /** Rejects when MongoDB does not reply. */
  listen(listener: Listener): Promise<TailStart>;
  stop(listener: Listener): void;
  close(): Promise<void>;
}

/** How long the server may wait for new events before it replies. */
const waitMs = 1_000;
/** The same when only a position to start from is needed: the first watcher waits for it. */
const startWaitMs = 1;
/** The pause before the next request after a failure. */
const pauseMs = 500;

/**
 * One change stream for all watchers of the process, because each stream holds a connection. It is open while there are
 * watchers, and resumes at its position after a failure.
 */
export function createEventTail(db: Db, fence: EventFence, proof: () => EventProof): EventTail {
  const listeners = new Set<Listener>();
  let position = "";
  let since = 0n;
  let running: Promise<void> | undefined;
  let opening: Promise<void> | undefined;
  let stream: EventStream | undefined;
  let isClosed = false;

  /** Finds the position where a stream of new events begins. */
  async function findStart(): Promise<void> {
    const now = openEventStream(db, { after: "", waitMs: startWaitMs, proof, fence });
    try {
      const event = await now.next();
      position = event?.position ?? now.position();
      // A stream without a past begins one tick after the last write.
      since = timeOf(position) - (event === undefined ? 1n : 0n);
    } finally {
      await now.close();
    }
  }

  function send(event: SecretEvent): void {
    position = event.position;
    since = timeOf(position);
    for (const listener of listeners) listener.onEvent(event);
  }

  async function follow(): Promise<void> {
    while (listeners.size > 0 && !isClosed) {
      try {
        stream ??= openEventStream(db, { after: position, waitMs, proof, fence });
        const event = await stream.next();
        if (event !== undefined) send(event);
        else progress(stream.position());
      } catch (error) {
        await stream?.close();
        stream = undefined;
        if (error instanceof WatchPositionError) lose(error);
        else if (!isClosed) await delay(pauseMs);
      }
    }
    position = "";
    running = undefined;
    const left = stream;
    stream = undefined;
    await left?.close();
  }

  function progress(reached: string): void {
    if (reached > position) {
      position = reached;
      since = timeOf(position);
    }
    for (const listener of listeners) listener.onProgress(position);
  }

  function lose(error: WatchPositionError): void {
    position = "";
    for (const listener of listeners) listener.onLost(error);
    listeners.clear();
  }

  return {
    async listen(listener) {
      listeners.add(listener);
      if (running !== undefined) return { position, since };
      opening ??= findStart()
        .then(() => {
          running = follow();
        })
        .finally(() => {
          opening = undefined;
        });
      try {
        await opening;
        return { position, since };
      } catch (error) {
        listeners.delete(listener);
        throw error;
      }
    },
    stop: (listener) => void listeners.delete(listener),
    async close() {
      isClosed = true;
      await opening?.catch(() => undefined);
      // The server may take a second to reply; closing the stream does not wait for the reply.
      await stream?.close();
      await running;
    },
  };
}
