import { type Db, type Document, MongoServerError } from "mongodb";
import { buildIndexes } from "../connect/build-indexes.ts";
import type { MigrationStep } from "./step.ts";

const withId = [
  { name: "live_names", key: { tenant: 1, removed: 1, key: 1, id: 1 } },
  { name: "visible_names", key: { tenant: 1, removed: 1, visibleTo: 1, key: 1, id: 1 } },
  { name: "readable_names", key: { tenant: 1, removed: 1, readers: 1, key: 1, id: 1 } },
];

const withoutId = ["live", "visible", "readable"];

/**
 * The indexes that pages walk hold the id of a secret as well, so that a page of names reads no secret. The new ones
 * are built while processes of the version before still use the old ones.
 */
export const toVersion9: MigrationStep = {
  version: 9,
  prepare: build,
  async run(context) {
    await build(context);
    for (const name of withoutId) await drop(context.db, name, context.maxTimeMs);
  },
};

/** In a database without the collection nothing is made: that it is missing has to be noticed. */
async function build({ db, hold }: Parameters<MigrationStep["run"]>[0]): Promise<void> {
  const [found] = await db.listCollections({ name: "secrets" }, { nameOnly: true }).toArray();
  if (found !== undefined) await buildIndexes(db.collection("secrets"), withId, hold);
}

async function drop(db: Db, name: string, maxTimeMS: number): Promise<void> {
  try {
    await db.collection<Document>("secrets").dropIndex(name, { maxTimeMS });
  } catch (error) {
    if (!(error instanceof MongoServerError && gone.has(Number(error.code)))) throw error;
  }
}

/** NamespaceNotFound and IndexNotFound. */
const gone: ReadonlySet<number> = new Set([26, 27]);
