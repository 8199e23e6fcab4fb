import type { AuditRecord } from "../../audit/record.ts";
import { StoreError } from "../store.ts";
import type { Writer } from "./writer.ts";

/** Collects access records, so that many are stored with one message and one commit. */
export interface AccessBatch {
  /** Takes records that were checked. Resolves, or rejects as `unavailable`, for the whole batch at once. */
  append(records: readonly AuditRecord[]): Promise<void>;
  /** Resolves when nothing is waiting any more. */
  drained(): Promise<unknown>;
}

/**
 * Every read of a secret passes here, so a batch is one message, one text and one promise. It takes what is recorded in
 * one turn of the event loop, up to the poll phase, in which Node serves every connection that has something to read;
 * and while one is under way, all that comes meanwhile.
 */
export function createAccessBatch(writer: Writer): AccessBatch {
  let texts: string[] = [];
  let batch: PromiseWithResolvers<void> | undefined;
  let underWay = false;

  async function handOver(): Promise<void> {
    if (batch === undefined) return;
    const { resolve, reject } = batch;
    const text = `[${texts.join(",")}]`;
    texts = [];
    batch = undefined;
    underWay = true;
    // Whether it was stored after all does not matter: what waits for the record is not done.
    const fail = (cause: unknown) => reject(new StoreError("unavailable", "the record could not be stored", { cause }));
    await writer.request("append", text).then(resolve, fail);
    underWay = false;
    if (batch !== undefined) setImmediate(handOver);
  }

  return {
    append(records) {
      for (const record of records) texts.push(JSON.stringify(record));
      if (batch === undefined) {
        batch = Promise.withResolvers();
        if (!underWay) setImmediate(handOver);
      }
      return batch.promise;
    },
    drained: () => Promise.allSettled([batch?.promise]),
  };
}
