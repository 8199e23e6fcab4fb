import type { ClientSession, Db } from "mongodb";
import type { SecretCommit } from "../../secret-store.ts";
import { permitIndex } from "../rows/schema.ts";

/**
 * Whether the permits of a commit are there. In a transaction, this is what they were when it began: a permit that was
 * taken away before is not found.
 */
export async function hasPermits(
  db: Db,
  { tenant, permits = [] }: SecretCommit,
  options: { readonly session?: ClientSession; readonly maxTimeMS: number },
): Promise<boolean> {
  for (const { name, pattern } of permits) {
    const filter = { tenant: { $eq: tenant }, name: { $eq: name }, patterns: { $eq: pattern } };
    const query = { ...options, hint: permitIndex.name, projection: { _id: 1 } };
    if ((await db.collection("permits").findOne(filter, query)) === null) return false;
  }
  return true;
}
