import { type Db, MongoServerError } from "mongodb";
import type { StoreSpace } from "../../store-space.ts";

/** Room on the disk of the primary. Undefined when the server does not say, or the service's user may not ask. */
export async function describeSpace(db: Db, maxTimeMS: number): Promise<StoreSpace | undefined> {
  try {
    const { fsTotalSize, fsUsedSize } = await db.command({ dbStats: 1, maxTimeMS });
    const [size, used] = [Number(fsTotalSize), Number(fsUsedSize)];
    return size > 0 && used >= 0 ? { freeBytes: Math.max(0, size - used), sizeBytes: size } : undefined;
  } catch (error) {
    if (error instanceof MongoServerError) return undefined;
    throw error;
  }
}
