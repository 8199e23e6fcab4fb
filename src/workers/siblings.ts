import type { Forgotten, FromWorker, ServiceFacts, Start, ToWorker } from "./messages.ts";
import { ParentEndedError } from "./worker-errors.ts";

/** The other workers, as one of them sees them: through the parent. */
export interface Siblings {
  readonly start: Start;
  /** Rejects when the parent has ended: then no one can say that the others have forgotten it. */
  announce(what: Forgotten): Promise<void>;
  /**
   * Must be called before the first call is served, and resolves when `forget` is called with all that others announce.
   * `measure` returns the metrics of this process.
   */
  join(parts: {
    readonly forget: (what: Forgotten) => Promise<void>;
    readonly measure: () => Promise<unknown>;
  }): Promise<void>;
  setReady(isReady: boolean): void;
  setStarted(facts: ServiceFacts): void;
  onReload(reload: () => void): void;
  /** Resolves when this worker has to stop, with the time for calls in progress. Undefined: the parent has ended. */
  readonly stopped: Promise<number | undefined>;
  /** Lets the process end. */
  leave(): void;
}

/** Waits for the parent to say what to start with. Undefined when this process was not started by one. */
export async function meetSiblings(): Promise<Siblings | undefined> {
  if (process.send === undefined) return undefined;
  const begun = Promise.withResolvers<Start>();
  const joined = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<number | undefined>();
  const announced = new Map<number, PromiseWithResolvers<void>>();
  let lastId = 0;
  let parts: Parameters<Siblings["join"]>[0] | undefined;
  let reload = () => {};
  const send = (message: FromWorker) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  };
  const take = async (message: ToWorker) => {
    switch (message.type) {
      case "start":
        return begun.resolve(message);
      case "joined":
        return joined.resolve();
      case "forget":
        await parts?.forget(message.what);
        return send({ type: "done", id: message.id });
      case "metrics":
        return send({ type: "done", id: message.id, result: await parts?.measure() });
      case "announced":
        return announced.get(message.id)?.resolve();
      case "reload":
        return reload();
      case "stop":
        return stopped.resolve(message.graceMs);
    }
  };
  process.on("message", (message) => void take(message as ToWorker));
  process.once("disconnect", () => {
    stopped.resolve(undefined);
    for (const { reject } of announced.values()) reject(new ParentEndedError());
    joined.reject(new ParentEndedError());
    begun.reject(new ParentEndedError());
  });
  // What waits for it gets the error.
  joined.promise.catch(() => undefined);
  const start = await begun.promise;
  return {
    start,
    async announce(what) {
      if (!process.connected) throw new ParentEndedError();
      lastId += 1;
      const id = lastId;
      const answer = Promise.withResolvers<void>();
      announced.set(id, answer);
      send({ type: "announce", id, what });
      await answer.promise.finally(() => announced.delete(id));
    },
    join(given) {
      parts = given;
      send({ type: "join" });
      return joined.promise;
    },
    setReady: (isReady) => send({ type: "readiness", isReady }),
    setStarted: (facts) => send({ type: "ready", facts }),
    onReload(callback) {
      reload = callback;
    },
    stopped: stopped.promise,
    leave: () => {
      if (process.connected) process.disconnect?.();
    },
  };
}
