import type { Db } from "mongodb";
import { requireCount, requireName, requireProcess } from "../../guard.ts";
import type { Store } from "../../store.ts";
import { readLayout, requireLayout } from "../connect/layout.ts";
import { text, textList } from "../rows/field.ts";
import { type Named, schemaVersion } from "../rows/schema.ts";

/** A process without a heartbeat for this long is deleted. */
const forgottenMs = 3_600_000;

/**
 * The processes that run on this database. All times are those of the server, because the clocks of machines differ. Each
 * names its schema version: a migration begins only when those of older ones have ended.
 */
export function createProcesses(
  db: Db,
  maxTimeMs: number,
): Pick<Store, "keepProcess" | "listProcesses" | "removeProcess"> {
  const processes = db.collection<Named>("processes");
  const options = { maxTimeMS: maxTimeMs };
  const startOf = (withinMs: number) => ({ $subtract: ["$$NOW", withinMs] });

  return {
    async keepProcess(process) {
      requireProcess(process);
      requireLayout((await readLayout(db, maxTimeMs)) ?? { version: undefined, migratingTo: undefined });
      const fields = { kids: [...process.kids], layout: schemaVersion };
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
