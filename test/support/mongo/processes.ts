import { onTestFinished } from "vitest";
import { openMongoStore } from "../../../src/store/mongo/open.ts";
import type { Store } from "../../../src/store/store.ts";
import { begin } from "../store/begin.ts";
import { createTestDatabase } from "./test-database.ts";

/** Stores of as many processes on one database. */
export async function openProcesses(
  count: number,
): Promise<{ readonly stores: readonly Store[]; readonly uri: string }> {
  const database = await createTestDatabase();
  const stores: Store[] = [];
  onTestFinished(async () => {
    for (const store of stores) await store.close();
    await database.drop();
  });
  for (let at = 0; at < count; at += 1) {
    const store = await openMongoStore({ uri: database.uri });
    stores.push(store);
    await store.keepProcess({ id: `process-${at}`, kids: [] });
    await begin(store);
  }
  return { stores, uri: database.uri };
}
