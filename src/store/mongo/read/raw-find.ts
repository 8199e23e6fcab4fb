import { type Db, type Document, Long, MongoNetworkError, MongoServerError } from "mongodb";

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
  // Only the documents are left as bytes. With `raw` the driver would also leave the parts of an error as bytes, and
  // then cannot compare the topology that a primary names when it steps down.
  const { cursor }: Document = await retried(() => db.command(command, { fieldsAsRaw: { firstBatch: true } }));
  const documents: unknown = cursor?.firstBatch;
  if (!Array.isArray(documents) || !documents.every((each) => each instanceof Uint8Array)) {
    throw new TypeError("the reply to a query has no batch");
  }
  const isEnd = Long.isLong(cursor.id) ? cursor.id.isZero() : cursor.id === 0;
  if (!isEnd) {
    const id = Long.isLong(cursor.id) ? cursor.id : Long.fromNumber(cursor.id);
    // It would end by itself, but later.
    await db.command({ killCursors: collection, cursors: [id] }).catch(() => undefined);
  }
  return { ...joined(documents), hasMore: !isEnd };
}

/** The documents are parts of one reply. */
function joined(documents: readonly Uint8Array[]): Pick<RawReply, "reply" | "starts"> {
  const [first] = documents;
  if (first === undefined) return { reply: Buffer.alloc(0), starts: [] };
  if (documents.some(({ buffer }) => buffer !== first.buffer)) throw new TypeError("documents of several replies");
  return { reply: Buffer.from(first.buffer), starts: documents.map(({ byteOffset }) => byteOffset) };
}

/** More documents than any query is for. */
const everyDocument = 2 ** 31 - 1;

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
