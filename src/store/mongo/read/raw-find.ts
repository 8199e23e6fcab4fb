import { type Db, type Document, MongoNetworkError, MongoServerError } from "mongodb";
import { bsonKind, bsonName, isNamed, walkBson } from "../rows/bson-walk.ts";

/** A query whose answer is one batch. */
export interface RawQuery {
  readonly collection: string;
  readonly filter: Document;
  readonly hint: string;
  readonly projection?: Document;
  readonly sort?: Document;
  /** All there are, up to 16 MiB, when it is undefined. */
  readonly limit?: number;
  readonly maxTimeMs: number;
}

/** A reply of the server, and where in it each document begins. */
export interface RawReply {
  readonly reply: Buffer;
  readonly starts: readonly number[];
  /** The server had no room for all of them: it ends a batch before 16 MiB. */
  readonly hasMore: boolean;
}

/**
 * Sends a query, and leaves its documents as bytes.
 */
export async function findRaw(db: Db, query: RawQuery): Promise<RawReply> {
  const { collection, maxTimeMs, limit, ...rest } = query;
  const command = {
    find: collection,
    ...rest,
    ...(limit === undefined ? {} : { limit }),
    batchSize: limit ?? everyDocument,
    maxTimeMS: maxTimeMs,
    readConcern: { level: "majority" },
  };
  const { cursor } = await retried(() => db.command(command, { raw: true }));
  if (!(cursor instanceof Uint8Array)) throw new TypeError("the reply to a query has no cursor");
  const reply = Buffer.from(cursor.buffer, cursor.byteOffset, cursor.byteLength);
  const starts: number[] = [];
  let id = 0n;
  walkBson(reply, 0, (kind, name, from) => {
    if (kind === bsonKind.int64 && isNamed(reply, name, cursorId)) id = reply.readBigInt64LE(from);
    if (kind !== bsonKind.array || !isNamed(reply, name, firstBatch)) return;
    walkBson(reply, from, (_kind, _name, start) => starts.push(start));
  });
  // It would end by itself, but later.
  if (id !== 0n) await db.command({ killCursors: collection, cursors: [id] }).catch(() => undefined);
  return { reply, starts, hasMore: id !== 0n };
}

/** More documents than any query is for. */
const everyDocument = 2 ** 31 - 1;

const firstBatch = bsonName("firstBatch");
const cursorId = bsonName("id");

/** The driver repeats reads, but not those that are sent as commands. */
async function retried<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const isWorthwhile =
      error instanceof MongoNetworkError || (error instanceof MongoServerError && passing.has(Number(error.code)));
    if (!isWorthwhile) throw error;
    return await read();
  }
}

/** The server's codes when it is not the primary any more, or stops, or has lost the others. */
const passing: ReadonlySet<number> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  89, // NetworkTimeout
  91, // ShutdownInProgress
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  9_001, // SocketException
  10_107, // NotWritablePrimary
  11_600, // InterruptedAtShutdown
  11_602, // InterruptedDueToReplStateChange
  13_435, // NotPrimaryNoSecondaryOk
  13_436, // NotPrimaryOrSecondary
]);
