import type { ClientSession, Collection, Document } from "mongodb";
import type { SecretPurge } from "../../secret-store.ts";
import { heldWithout, heldWithoutVersions, type UsageTally } from "../../usage.ts";
import { historyIndex, secretIndexes } from "../rows/schema.ts";
import { heldFields, toHeld } from "../rows/usage-row.ts";

/** The options of a statement of a transaction. */
export interface InSession {
  readonly session: ClientSession;
  readonly maxTimeMS: number;
}

interface PurgeOptions {
  readonly secrets: Collection<Document>;
  readonly history: Collection<Document>;
  readonly tally: UsageTally;
  readonly options: InSession;
}

/** Returns false when the secret is not at the version that the purge expects. */
export async function purgeSecret(
  { secrets, history, tally, options }: PurgeOptions,
  tenant: string,
  { key, version, keepCurrent, versions, isDamaged }: SecretPurge,
  expectedVersion: number,
): Promise<boolean> {
  const named = { tenant: { $eq: tenant }, key: { $eq: key } };
  const ofHistory = { ...options, hint: historyIndex.name };
  const ofSecret = { ...options, hint: secretIndexes.byKey.name };
  if (versions !== undefined) {
    await history.deleteMany({ ...named, version: { $in: [...versions] } }, ofHistory);
    const current = await secrets.findOne(named, { ...ofSecret, projection: { ...heldFields, version: 1 } });
    if (current === null || Number(current.version) !== expectedVersion) return false;
    const former = toHeld(current);
    const next = heldWithoutVersions(former, expectedVersion, versions);
    tally.replace(former, next);
    await secrets.updateOne(named, { $set: { sizes: next.sizes } }, ofSecret);
    return true;
  }
  if (keepCurrent) {
    await history.deleteMany({ ...named, version: { $lt: version } }, ofHistory);
    const current = await secrets.findOne(named, { ...ofSecret, projection: { ...heldFields, version: 1 } });
    if (current === null) return true;
    const former = toHeld(current);
    const next = heldWithout(former, Number(current.version), version);
    tally.replace(former, next);
    await secrets.updateOne(named, { $set: { sizes: next.sizes } }, ofSecret);
    return true;
  }
  const expected = isDamaged === true ? damagedVersion(version) : { version: { $eq: version } };
  const ofPurge = { ...options, hint: secretIndexes.byKey.key, projection: heldFields };
  const purged = await secrets.findOneAndDelete({ ...named, ...expected }, ofPurge);
  if (purged === null) return false;
  tally.replace(toHeld(purged), undefined);
  await history.deleteMany(named, ofHistory);
  return true;
}

/** Of a damaged document the version may be no number at all, which is read as another one. */
export function damagedVersion(version: number): Document {
  const isNumber = { version: { $type: ["int", "long", "double"] } };
  const isOdd = [
    { version: { $lt: 0 } },
    { version: { $gt: Number.MAX_SAFE_INTEGER } },
    { version: { $eq: Number.NaN } },
  ];
  return { $or: [{ version: { $eq: version } }, { $nor: [isNumber] }, ...isOdd] };
}
