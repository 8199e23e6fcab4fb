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

/** A batch that has this many records is worth a message and a commit. */
const enough = 16;

/** Turns of the event loop that a batch waits for more, while each turn brings some. Under load a turn is short. */
const turnsMax = 4;

/**
 * Every read of a secret passes here, so a batch is one message, one text and one promise: waking a thread costs as much
 * as opening a secret. It takes what is recorded while the previous one is under way, and in a few turns of the event loop;
 * a turn that brings nothing more ends the wait at once, so that a single caller does not pay for it.
 */
export function createAccessBatch(writer: Writer): AccessBatch {
  let texts: string[] = [];
  let batch: PromiseWithResolvers<void> | undefined;
  let underWay = false;

  function collect(seen: number, turns: number): void {
    if (texts.length > seen && texts.length < enough && turns < turnsMax) {
      setImmediate(collect, texts.length, turns + 1);
    } else {
      handOver();
    }
  }

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
    if (batch !== undefined) setImmediate(collect, 0, 0);
  }

  return {
    append(records) {
      for (const record of records) texts.push(JSON.stringify(record));
      if (batch === undefined) {
        batch = Promise.withResolvers();
        if (!underWay) setImmediate(collect, 0, 0);
      }
      return batch.promise;
    },
    drained: () => Promise.allSettled([batch?.promise]),
  };
}
