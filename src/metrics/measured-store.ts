import type { Store } from "../store/store.ts";
import type { Metrics } from "./metrics.ts";

/**
 * A stream lasts as long as it has a listener, and a store ends once: the duration of either means nothing. What is
 * recalled takes no time.
 */
const unmeasured: ReadonlySet<string> = new Set(["watchSecrets", "endAccess", "close", "recallSecret"]);

/** Wraps a store to measure how long each of its operations takes. */
export function measureStore(store: Store, metrics: Pick<Metrics, "observeStore">): Store {
  const entries = Object.entries(store).map(([name, method]) => [
    name,
    unmeasured.has(name) ? method : measured(name, method, metrics),
  ]);
  return Object.fromEntries(entries) as Store;
}

type Operation = (...args: readonly unknown[]) => Promise<unknown>;

function measured(name: string, operation: Operation, metrics: Pick<Metrics, "observeStore">): Operation {
  return async (...args) => {
    const startedAt = performance.now();
    try {
      const answer = await operation(...args);
      metrics.observeStore(name, "ok", performance.now() - startedAt);
      return answer;
    } catch (error) {
      metrics.observeStore(name, "failed", performance.now() - startedAt);
      throw error;
    }
  };
}
