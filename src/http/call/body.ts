import type { Readable } from "node:stream";
import { gunzip } from "node:zlib";
import { invalidBody, tooManyBytes } from "./refusal.ts";

const empty = Buffer.alloc(0);

/**
 * Reads a whole body into one buffer. Calls `done` once: with the bytes, or with an error as soon as the declared or
 * the actual size exceeds `limitBytes`. Never calls it if the peer disconnects before the end. The caller must discard
 * what is left unread.
 */
export function readBody(
  source: Readable,
  options: {
    readonly limitBytes: number;
    /** Allowed in addition to the limit, for the framing around the message. */
    readonly framingBytes: number;
    readonly declared: string | undefined;
  },
  done: (error: unknown, bytes: Buffer) => void,
): void {
  const { limitBytes, framingBytes, declared } = options;
  const maxBytes = limitBytes + framingBytes;
  if (declared !== undefined && Number(declared) > maxBytes) {
    done(tooManyBytes(limitBytes, Number(declared) - framingBytes), empty);
    return;
  }
  let chunks: Buffer[] = [];
  let total = 0;
  // Listeners live as long as the stream, which outlives the call. Clearing `waiting` frees the call.
  let waiting: typeof done | undefined = done;
  const settle = (error: unknown, bytes: Buffer) => {
    const callback = waiting;
    waiting = undefined;
    callback?.(error, bytes);
  };
  const drop = () => {
    chunks = [];
  };
  const onData = (chunk: Buffer) => {
    total += chunk.length;
    if (total <= maxBytes) {
      chunks.push(chunk);
      return;
    }
    source.off("data", onData);
    source.off("end", onEnd);
    drop();
    settle(tooManyBytes(limitBytes), empty);
  };
  const onEnd = () => {
    const [first] = chunks;
    const bytes = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, total);
    drop();
    settle(undefined, bytes);
  };
  // An empty body may have ended while the caller's token was looked up. Then `end` is not emitted again.
  if (source.readableEnded) {
    onEnd();
    return;
  }
  source.on("data", onData);
  source.on("end", onEnd);
  // The peer is gone and gets no response, but the collected chunks must not stay in memory until the call's deadline.
  source.on("close", drop);
}

/**
 * Inflates gzip on the thread pool, and stops as soon as the result exceeds `limitBytes`: a decompression bomb
 * neither blocks the event loop nor fills memory.
 */
export function inflate(
  bytes: Uint8Array,
  limitBytes: number,
  done: (error: unknown, inflated: Uint8Array) => void,
): void {
  if (bytes.length === 0) {
    done(undefined, bytes);
    return;
  }
  gunzip(bytes, { maxOutputLength: limitBytes }, (error, inflated) => {
    if (error === null) done(undefined, inflated);
    else if ("code" in error && error.code === "ERR_BUFFER_TOO_LARGE") done(tooManyBytes(limitBytes), empty);
    else done(invalidBody("the body is not valid gzip"), empty);
  });
}
