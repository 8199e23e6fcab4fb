import type { Db } from "mongodb";
import { count, text } from "../rows/field.ts";
import type { Named } from "../rows/schema.ts";

/** What processes with a journal say in their rows of `processes`: up to when their records are in the database. */
export interface ShippedNote {
  /** Writes it for this process until `close`. The first one is there when this resolves. */
  begin(process: string, shippedUntilMs: () => number): Promise<void>;
  /** The fields of the row of this process. */
  fields(): { readonly shippedUntilMs?: number };
  /**
   * The earliest time that another process says, of those that were heard of within `withinMs`; `nowMs` at the latest.
   */
  completeUntilMs(nowMs: number, withinMs: number): Promise<number>;
  /** Waits for what is on its way. */
  close(): Promise<void>;
}

/**
 * Lists show as complete what is about this much older than they are. One primary is enough for the note: if it gets
 * lost, an earlier one is there, which is true as well.
 */
const noteEveryMs = 500;

export function createShippedNote(db: Db, maxTimeMs: number): ShippedNote {
  const processes = db.collection<Named>("processes");
  let own: { readonly process: string; shippedUntilMs(): number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  const fields = () => (own === undefined ? {} : { shippedUntilMs: own.shippedUntilMs() });

  async function write(options = {}): Promise<void> {
    if (own === undefined) return;
    await processes.updateOne({ _id: { $eq: own.process } }, { $set: fields() }, { maxTimeMS: maxTimeMs, ...options });
  }

  function writeSoon(): void {
    timer = setTimeout(() => {
      // While it cannot be written, the last one says since when records may be missing.
      writing = write({ writeConcern: { w: 1, journal: false } })
        .catch(() => undefined)
        .finally(() => {
          if (timer !== undefined) writeSoon();
        });
    }, noteEveryMs);
    timer.unref();
  }

  return {
    fields,
    async begin(process, shippedUntilMs) {
      own = { process, shippedUntilMs };
      // By a majority, before the first record: until then the other processes see none that could be missing.
      await write();
      writeSoon();
    },
    async completeUntilMs(nowMs, withinMs) {
      const heard = { $expr: { $gte: ["$seenAt", { $subtract: ["$$NOW", withinMs] }] } };
      const projection = { shippedUntilMs: 1 };
      const found = await processes.find(heard, { maxTimeMS: maxTimeMs, projection }).toArray();
      const others = found.filter(({ _id }) => text(_id) !== own?.process);
      // One that was damaged says nothing better than the beginning of time.
      const times = others.flatMap(({ shippedUntilMs: ms }) => (ms === undefined ? [] : (count(ms) ?? 0)));
      return Math.min(nowMs, ...times);
    },
    async close() {
      clearTimeout(timer);
      timer = undefined;
      await writing;
    },
  };
}
