import type { Collection, Document } from "mongodb";
import { limits } from "../../secrets/limits.ts";
import type { StoredSecret, VisibleTo } from "../store.ts";
import { visibleFilter } from "./filter.ts";
import { toSecret } from "./row.ts";

/** Finds one secret by key. */
export type PointRead = (tenant: string, key: string, visibleTo: VisibleTo) => Promise<StoredSecret | undefined>;

type Waiting = PromiseWithResolvers<StoredSecret | undefined>;

interface Batch {
  readonly tenant: string;
  readonly visibleTo: VisibleTo;
  readonly waiting: Map<string, Waiting>;
}

/**
 * Reads that start in one turn of the event loop share a query, several times the throughput of one each. A batch is closed
 * when it is sent: a read that starts later sees what is there later. Only those with the same identities share, so that
 * the cost of a read tells nothing of what others may see; each gets its answer by tenant and key.
 */
export function createPointReads(secrets: Collection<Document>, maxTimeMs: number): PointRead {
  let batches = new Map<string, Batch>();

  async function send({ tenant, visibleTo, waiting }: Batch): Promise<void> {
    try {
      const { filter, hint } = visibleFilter({ tenant, visibleTo, names: [...waiting.keys()], by: "key" });
      const options = { hint, batchSize: limits.batchItems + 1, maxTimeMS: maxTimeMs };
      for (const document of await secrets.find(filter, options).toArray()) {
        const secret = toSecret(document);
        if (secret.tenant === tenant) waiting.get(secret.key)?.resolve(secret);
      }
      for (const { resolve } of waiting.values()) resolve(undefined);
    } catch (error) {
      for (const { reject } of waiting.values()) reject(error);
    }
  }

  function sendAll(): void {
    const closed = batches;
    batches = new Map();
    for (const batch of closed.values()) send(batch);
  }

  return (tenant, key, visibleTo) => {
    if (batches.size === 0) setImmediate(sendAll);
    const name = visibleTo === "everyone" ? tenant : JSON.stringify([tenant, visibleTo]);
    let batch = batches.get(name);
    if (batch === undefined) {
      batch = { tenant, visibleTo, waiting: new Map() };
      batches.set(name, batch);
    }
    let waiting = batch.waiting.get(key);
    if (waiting === undefined) {
      waiting = Promise.withResolvers();
      batch.waiting.set(key, waiting);
    }
    return waiting.promise;
  };
}
