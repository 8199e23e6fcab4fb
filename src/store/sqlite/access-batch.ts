import type { AuditRecord } from "../../audit/record.ts";
import type { Writer } from "./writer.ts";

/** Collects what is recorded in one turn of the event loop. */
export interface AccessBatch {
  /** Takes records that were checked. Resolves, or rejects with `StoreError`, for the whole batch at once. */
  append(records: readonly AuditRecord[]): Promise<void>;
  /** Resolves when nothing is waiting to be handed over. */
  handedOver(): Promise<unknown>;
}

/**
 * Every read of a secret passes here, so a batch is one message, one text and one promise. It is handed over after
 * the poll phase, in which Node serves every connection that has something to read.
 */
export function createAccessBatch(writer: Writer): AccessBatch {
  let texts: string[] = [];
  let batch: Promise<void> | undefined;

  function handOver(): Promise<void> {
    const text = `[${texts.join(",")}]`;
    texts = [];
    batch = undefined;
    return writer.request("append", text);
  }

  return {
    append(records) {
      for (const record of records) texts.push(JSON.stringify(record));
      batch ??= new Promise((resolve) => {
        setImmediate(() => resolve(handOver()));
      });
      return batch;
    },
    handedOver: () => Promise.allSettled([batch]),
  };
}
