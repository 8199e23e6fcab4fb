import { type Db, type Document, Long } from "mongodb";
import { isPassingFailure } from "../connect/failure.ts";

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
 * Sends a query, and leaves its documents as bytes. Only them: the driver goes on working with the fields of an error,
 * and fails in the middle of an election when it has their bytes.
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
  const send = () => db.command(command, documentsAsBytes);
  const { cursor } = await (db.client.options.retryReads ? retried(send) : send());
  const { firstBatch, id } = cursor as { readonly firstBatch: readonly Uint8Array[]; readonly id: Long };
  const hasMore = !Long.ZERO.equals(id);
  // It would end by itself, but later.
  if (hasMore) await db.command({ killCursors: collection, cursors: [id] }).catch(() => undefined);
  return { ...joinedBytes(firstBatch), hasMore };
}

const documentsAsBytes = { fieldsAsRaw: { firstBatch: true }, promoteLongs: false };

/** The documents are parts of one reply already. */
function joinedBytes(documents: readonly Uint8Array[]): Omit<RawReply, "hasMore"> {
  const [first] = documents;
  const last = documents.at(-1);
  if (first === undefined || last === undefined) return { reply: Buffer.alloc(0), starts: [] };
  const from = first.byteOffset;
  const reply = Buffer.from(first.buffer, from, last.byteOffset + last.byteLength - from);
  return { reply, starts: documents.map(({ byteOffset }) => byteOffset - from) };
}

/** More documents than any query is for. */
const everyDocument = 2 ** 31 - 1;

/** The driver repeats reads, but not those that are sent as commands. */
async function retried<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isPassingFailure(error)) throw error;
    return await read();
  }
}
