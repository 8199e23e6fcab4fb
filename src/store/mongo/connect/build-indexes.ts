import { type Collection, type CreateIndexesOptions, type Document, MongoNetworkTimeoutError } from "mongodb";
import type { IndexSpec } from "../rows/schema.ts";

/** A majority of the members is enough: one that is down must not hold up a start. */
const built: CreateIndexesOptions = { commitQuorum: "majority" };

/**
 * Makes indexes that do not exist, and waits for them. MongoDB builds them in the background: other processes read and
 * write the collection meanwhile. A build goes on when nothing was heard of it in time; sent again, the command waits
 * for the same build. `hold` is called before each time.
 */
export async function buildIndexes(
  collection: Collection<Document>,
  indexes: readonly IndexSpec[],
  hold: () => void = () => undefined,
): Promise<void> {
  for (;;) {
    hold();
    try {
      await collection.createIndexes([...indexes], built);
      return;
    } catch (error) {
      if (!(error instanceof MongoNetworkTimeoutError)) throw error;
    }
  }
}
