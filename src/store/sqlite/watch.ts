import { limits } from "../../limits.ts";
import { requireName, requireText } from "../guard.ts";
import { type SecretEvents, WatchPositionError } from "../secret-events.ts";
import type { SecretStore } from "../secret-store.ts";
import type { EventReader } from "./events.ts";

export interface SecretWatch {
  watchSecrets: SecretStore["watchSecrets"];
  /** Must be called after each commit. */
  wake(): void;
  /** Ends all watches. */
  close(): void;
}

/**
 * Watches by reading the table of events after each commit of this process, the only one that writes secrets to the
 * file.
 */
export function createSecretWatch(reader: EventReader, reading: <T>(read: () => T) => T): SecretWatch {
  const sleeping = new Set<() => void>();
  let isClosed = false;

  function wake(): void {
    for (const resume of sleeping) resume();
    sleeping.clear();
  }

  /** Resolves when there may be something new, or when the watch must end. */
  function sleep(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || isClosed) return resolve();
      const resume = () => {
        sleeping.delete(resume);
        signal.removeEventListener("abort", resume);
        resolve();
      };
      sleeping.add(resume);
      signal.addEventListener("abort", resume);
    });
  }

  /** Undefined for an unknown position. */
  function startAt(after: string): number | undefined {
    const last = reader.last();
    if (after === "") return last;
    const [epoch, seq, ...more] = after.split(".").map(Number);
    const isKnown = epoch === reader.epoch() && seq !== undefined && more.length === 0 && seq >= 0 && seq <= last;
    return isKnown ? seq : undefined;
  }

  /** Undefined when some of the events after `seq` are no longer retained. */
  function readAfter(tenant: string, seq: number): (SecretEvents & { readonly seq: number }) | undefined {
    const last = reader.last();
    if ((reader.first() ?? last + 1) > seq + 1) return undefined;
    const found = reader.after(tenant, seq);
    // When there are no more, the events of other tenants are also passed.
    const next = found.length < limits.eventBatch ? last : (found.at(-1)?.seq ?? last);
    const epoch = reader.epoch();
    const events = found.map(({ seq: at, ...event }) => ({ ...event, position: `${epoch}.${at}` }));
    return { events, seq: next, position: `${epoch}.${next}` };
  }

  return {
    async *watchSecrets({ tenant, after, signal }) {
      requireName(tenant, "tenant");
      requireText(after, "after");
      let seq = reading(() => startAt(after));
      for (let isFirst = true; !signal.aborted && !isClosed; isFirst = false) {
        const from = seq;
        const batch = from === undefined ? undefined : reading(() => readAfter(tenant, from));
        if (batch === undefined) throw new WatchPositionError();
        seq = batch.seq;
        if (isFirst || batch.events.length > 0) yield batch;
        else await sleep(signal);
      }
    },
    wake,
    close() {
      isClosed = true;
      wake();
    },
  };
}
