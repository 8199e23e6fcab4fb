import { once } from "node:events";
import type { Socket } from "node:net";

/** The next bytes that come. Rejects if the connection ends instead: without that, a test waits until its timeout. */
export async function nextChunk(socket: Socket): Promise<Buffer> {
  const gaveUp = new AbortController();
  const { signal } = gaveUp;
  try {
    const ended = once(socket, "close", { signal }).then((): never => {
      throw new Error("the connection ended before any bytes came");
    });
    const chunk = once(socket, "data", { signal }).then(([bytes]) => bytes as Buffer);
    // What is not awaited any more is aborted.
    ended.catch(() => {});
    chunk.catch(() => {});
    return await Promise.race([chunk, ended]);
  } finally {
    gaveUp.abort();
  }
}
