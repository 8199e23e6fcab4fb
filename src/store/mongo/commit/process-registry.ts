import type { Db } from "mongodb";
import { requireCount, requireName } from "../../guard.ts";
import { requireProcess } from "../../guard-writes.ts";
import type { Store } from "../../store.ts";
import { readLayout, requireLayout } from "../connect/layout.ts";
import { text, textList } from "../rows/field.ts";
import { type Named, schemaVersion } from "../rows/schema.ts";
import type { ShippedNote } from "./shipped-note.ts";

/** A process without a heartbeat for this long is deleted. */
const forgottenMs = 3_600_000;

/**
 * The processes that run on this database. All times are those of the server, because the clocks of machines differ.
 * Each names its schema version: a migration begins only when those of older ones have ended.
 */
export function createProcesses(
  db: Db,
  maxTimeMs: number,
  note: Pick<ShippedNote, "fields">,
): Pick<Store, "keepProcess" | "listProcesses" | "removeProcess"> & {
  /** The number under which this process counts; 0 for one that is not registered. */
  slot(): number;
} {
  const processes = db.collection<Named>("processes");
  const options = { maxTimeMS: maxTimeMs };
  let slot: number | undefined;
  const startOf = (withinMs: number) => ({ $subtract: ["$$NOW", withinMs] });

  /**
   * The lowest number that no other process has. When two processes that started together took the same one, the second
   * of them by its id takes another: with the same number they would only wait for each other.
   */
  async function chooseSlot(id: string): Promise<number> {
    const others = { _id: { $ne: id }, $expr: { $gte: ["$seenAt", startOf(forgottenMs)] } };
    const found = await processes.find(others, { ...options, projection: { slot: 1 } }).toArray();
    const isFree = (number: number) => !found.some((other) => other.slot === number);
    if (slot !== undefined && !found.some((other) => other.slot === slot && other._id < id)) return slot;
    return Array.from({ length: found.length + 1 }, (_, at) => at).find(isFree) ?? found.length;
  }

  return {
    slot: () => slot ?? 0,
    async keepProcess(process) {
      requireProcess(process);
      requireLayout((await readLayout(db, maxTimeMs)) ?? { version: undefined, migratingTo: undefined });
      slot = await chooseSlot(process.id);
      const fields = { kids: [...process.kids], layout: schemaVersion, slot, ...note.fields() };
      const change = { $set: fields, $currentDate: { seenAt: true } } as const;
      await processes.updateOne({ _id: { $eq: process.id } }, change, { ...options, upsert: true });
      await processes.deleteMany({ $expr: { $lt: ["$seenAt", startOf(forgottenMs)] } }, options);
    },
    async listProcesses(withinMs) {
      requireCount(withinMs, "withinMs");
      const heard = { $expr: { $gte: ["$seenAt", startOf(withinMs)] } };
      const found = await processes.find(heard, { ...options, sort: { _id: 1 } }).toArray();
      return found.map(({ _id, kids }) => ({ id: text(_id) ?? "", kids: textList(kids) ?? [] }));
    },
    async removeProcess(id) {
      requireName(id, "id");
      await processes.deleteOne({ _id: { $eq: id } }, options);
    },
  };
}
