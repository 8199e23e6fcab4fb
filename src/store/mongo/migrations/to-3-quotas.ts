import type { AnyBulkWriteOperation, Db, Document } from "mongodb";
import { makeCollection } from "../connect/prepare-database.ts";
import type { MigrationStep, StepContext } from "./step.ts";

type Named = Document & { _id: string };

/** Secrets that are counted at a time. */
const pageSize = 500;

/** Versions that a secret retained when this step was written. */
const retained = 10;

const lists = ["readers", "writers", "deleters", "canChangeReaders", "canChangeWriters", "canChangeDeleters"];

/**
 * Adds what users and tenants have stored: `sizes` has the bytes of each retained version of a secret, `usage` their
 * sums, `quotas` the limits of tenants with limits of their own. Counts what is there. A sum that is written twice is
 * the same.
 */
export const toVersion3: MigrationStep = {
  version: 3,
  async run({ db, maxTimeMs, hold }) {
    for (const name of ["usage", "usage_marks", "quotas"]) await makeCollection(db, name);
    const sums = await countAll({ db, maxTimeMs, hold });
    const rows = [...sums.values()];
    for (let at = 0; at < rows.length; at += pageSize) {
      hold();
      const writes = rows.slice(at, at + pageSize).map((row) => ({
        replaceOne: { filter: { _id: { $eq: row._id } }, replacement: row, upsert: true },
      }));
      await db.collection<Named>("usage").bulkWrite(writes, { maxTimeMS: maxTimeMs });
    }
  },
};

type Sum = Named & { secrets: number; bytes: number };

async function countAll({ db, maxTimeMs, hold }: StepContext): Promise<ReadonlyMap<string, Sum>> {
  const sums = new Map<string, Sum>();
  const secrets = db.collection("secrets");
  const fields = { tenant: 1, key: 1, version: 1, owner: 1, removed: 1 } as const;
  for (let after: unknown; ; ) {
    hold();
    const from = after === undefined ? {} : { _id: { $gt: after } };
    const page: Document[] = await secrets
      .find(from as Document, { projection: fields, sort: { _id: 1 }, limit: pageSize, maxTimeMS: maxTimeMs })
      .toArray();
    const bytesOf = await versionsOf(db, page, maxTimeMs);
    const writes = page.map((secret): AnyBulkWriteOperation<Document> => {
      const sizes = sizesOf(secret, bytesOf);
      for (const slug of new Set([String(secret.owner), ""])) addTo(sums, secret, slug, sizes);
      return { updateOne: { filter: { _id: { $eq: secret._id } }, update: { $set: { sizes } } } };
    });
    if (writes.length > 0) await secrets.bulkWrite(writes, { maxTimeMS: maxTimeMs });
    if (page.length < pageSize) return sums;
    after = page.at(-1)?._id;
  }
}

/** A row that no process writes to: those of processes have their number in place of `counted`. */
function addTo(sums: Map<string, Sum>, { tenant, removed }: Document, slug: string, sizes: readonly number[]): void {
  const _id = JSON.stringify([tenant, slug, "counted"]);
  const sum = sums.get(_id) ?? { _id, tenant: String(tenant), slug, slot: "counted", secrets: 0, bytes: 0 };
  sums.set(_id, sum);
  if (removed === false) sum.secrets += 1;
  for (const size of sizes) sum.bytes += size;
}

/** The bytes of each version by its name. */
async function versionsOf(db: Db, secrets: readonly Document[], maxTimeMS: number): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const [tenant, group] of Map.groupBy(secrets, (secret) => secret.tenant)) {
    const keys = group.map(({ key }) => key);
    const isBytes = { $eq: [{ $type: "$envelope" }, "binData"] };
    const envelope = { $cond: [isBytes, { $binarySize: "$envelope" }, 0] };
    const shown = Object.fromEntries(lists.map((name) => [name, 1]));
    const stages = [
      { $match: { tenant: { $eq: tenant }, key: { $in: keys } } },
      { $project: { tenant: 1, key: 1, version: 1, metadata: 1, ...shown, envelope } },
    ];
    for await (const row of db.collection("history").aggregate<Document>(stages, { hint: "version", maxTimeMS })) {
      found.set(nameOf(row, row.version), bytesOfRow(row));
    }
  }
  return found;
}

/** The window of retained versions, the current one last. */
function sizesOf(secret: Document, bytesOf: ReadonlyMap<string, number>): readonly number[] {
  const newest = Number(secret.version);
  if (!Number.isSafeInteger(newest) || newest < 1) return [];
  const oldest = Math.max(1, newest - retained + 1);
  const sizes = Array.from({ length: newest - oldest + 1 }, (_, at) => bytesOf.get(nameOf(secret, oldest + at)) ?? 0);
  const first = sizes.findIndex((size) => size > 0);
  return first === -1 ? [] : sizes.slice(first);
}

function nameOf({ tenant, key }: Document, version: unknown): string {
  return JSON.stringify([tenant, key, version]);
}

function bytesOfRow(row: Document): number {
  let bytes = Number(row.envelope) + lengthOf(row.key);
  for (const name of lists) for (const entry of entriesOf(row[name])) bytes += lengthOf(entry);
  for (const pair of entriesOf(row.metadata))
    bytes += lengthOf((pair as Document)?.k) + lengthOf((pair as Document)?.v);
  return bytes;
}

function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function lengthOf(value: unknown): number {
  return typeof value === "string" ? Buffer.byteLength(value) : 0;
}
