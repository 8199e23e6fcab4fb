import type { StoredSecret } from "../../secret-rows.ts";

/** Documents beyond this are read anew each time. With those of the largest size, they take 16 MiB. */
const knownMax = 2_000;
const documentBytesMax = 4 * 1024;

/** Reads the document that begins at `start`; `read` does if it is not known. */
export type KnownDocuments = (reply: Buffer, start: number, read: (start: number) => StoredSecret) => StoredSecret;

/**
 * Makes the same frozen secret of the same bytes as before, so nothing has to be cleared. Callers recognise a secret
 * that they have verified.
 *
 * With 16 callers 1.5 times as many pages of 100 (`npm run bench:parts -- --only known-documents`).
 */
export function createKnownDocuments(max = knownMax): KnownDocuments {
  const known = new Map<string, StoredSecret>();
  return (reply, start, read) => {
    const bytes = reply.readInt32LE(start);
    if (bytes > documentBytesMax || max === 0) return read(start);
    const name = reply.toString("latin1", start, start + bytes);
    const found = known.get(name);
    if (found !== undefined) return found;
    const secret = read(start);
    const [oldest] = known.size < max ? [] : known.keys();
    if (oldest !== undefined) known.delete(oldest);
    // A copy: see sqlite/cached-secrets.ts. The envelope is a part of the reply, which would stay in memory with it.
    const envelope = Uint8Array.from(secret.envelope);
    const copy = Object.freeze({ ...secret, lists: { ...secret.lists }, envelope });
    known.set(name, copy);
    return copy;
  };
}
