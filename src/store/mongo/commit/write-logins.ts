import { Binary, type Db } from "mongodb";
import { requireCount } from "../../guard.ts";
import { requireLoginWrite } from "../../guard-writes.ts";
import type { Store } from "../../store.ts";
import { isDuplicateKey } from "../connect/failure.ts";
import { fromLogin } from "../rows/documents.ts";
import { loginIndex, type Named } from "../rows/schema.ts";

/** Writes the steps of logins, each in one command: of several processes that write the same one, one gets true. */
export function createLoginWriter(db: Db, maxTimeMs: number): Pick<Store, "writeLogin" | "dropLogins"> {
  const logins = db.collection<Named>("logins");
  const options = { maxTimeMS: maxTimeMs };
  return {
    async writeLogin(write) {
      requireLoginWrite(write);
      const { id, former, next } = write;
      if (former === undefined) return next !== undefined && (await insert({ _id: id, ...fromLogin(next) }));
      const filter = { _id: { $eq: id }, sealed: { $eq: new Binary(former) } };
      if (next === undefined) return (await logins.deleteOne(filter, options)).deletedCount === 1;
      return (await logins.updateOne(filter, { $set: fromLogin(next) }, options)).matchedCount === 1;
    },
    async dropLogins(untilMs) {
      requireCount(untilMs, "untilMs");
      await logins.deleteMany({ endAtMs: { $lt: untilMs } }, { ...options, hint: loginIndex.name });
    },
  };

  async function insert(row: Named): Promise<boolean> {
    try {
      await logins.insertOne(row, options);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}
