import type { Readable } from "node:stream";
import { gunzip } from "node:zlib";
import { invalidBody, tooManyBytes } from "./refusal.ts";
import type { Traffic } from "./traffic.ts";

const empty = Buffer.alloc(0);

export interface BodyOptions {
  readonly limitBytes: number;
  /** Allowed in addition to the limit, for the framing around the message. */
  readonly framingBytes: number;
  readonly declared: string | undefined;
  /** A body that is larger needs room. */
  readonly smallBytes: number;
  /** Counts its pieces. Undefined: they are counted where they come. */
  readonly traffic: Traffic | undefined;
  /** Calls `done` when there is room for a body of `bytes`, or with an error. */
  readonly makeRoom: (bytes: number, done: (error: unknown) => void) => void;
}

/**
 * Reads a whole body into one buffer. Calls `done` once: with the bytes, or with an error as soon as the declared or
 * the actual size exceeds `limitBytes`. Never calls it if the peer disconnects before the end. The caller must discard
 * what is left unread.
 */
export function readBody(source: Readable, options: BodyOptions, done: (error: unknown, bytes: Buffer) => void): void {
  const { limitBytes, framingBytes, declared, smallBytes, makeRoom, traffic } = options;
  const maxBytes = limitBytes + framingBytes;
  if (declared !== undefined && Number(declared) > maxBytes) {
    done(tooManyBytes(limitBytes, Number(declared) - framingBytes), empty);
    return;
  }
  const body = new Bytes();
  // Listeners live as long as the stream, which outlives the call. Clearing `waiting` frees the call.
  let waiting: typeof done | undefined = done;
  const settle = (error: unknown, bytes: Buffer) => {
    const callback = waiting;
    waiting = undefined;
    callback?.(error, bytes);
  };
  let hasRoom = false;
  let pieces = 0;
  const stop = (error: unknown) => {
    source.off("data", onData);
    source.off("end", onEnd);
    body.take();
    settle(error, empty);
  };
  const onData = (chunk: Buffer) => {
    traffic?.piece(pieces, chunk.length);
    pieces += 1;
    if (body.length + chunk.length > maxBytes) return stop(tooManyBytes(limitBytes));
    body.add(chunk);
    if (hasRoom || body.length <= smallBytes) return;
    hasRoom = true;
    source.pause();
    const most = Number(declared) <= limitBytes ? Number(declared) : limitBytes;
    makeRoom(most, (error) => {
      if (error !== undefined) stop(error);
      // Also after an error: what is left must be discarded.
      source.resume();
    });
  };
  const onEnd = () => settle(undefined, body.take());
  // An empty body may have ended while the caller's token was looked up. Then `end` is not emitted again.
  if (source.readableEnded) {
    onEnd();
    return;
  }
  source.on("data", onData);
  source.on("end", onEnd);
  // The peer is gone and gets no response, but what was collected must not stay in memory until the call's deadline.
  source.on("close", () => void body.take());
}

/**
 * Bytes that arrive in chunks, copied into one buffer that doubles, so that it never holds more than twice the bytes
 * that arrived. Chunks themselves would: one of a single byte occupies a hundred, and keeps the block alive that it was
 * read into. The size that a client declares reserves nothing. A body that arrives in one chunk is not copied.
 */
class Bytes {
  length = 0;
  #bytes: Buffer = empty;

  add(chunk: Buffer): void {
    const total = this.length + chunk.length;
    if (this.length === 0) this.#bytes = chunk;
    else {
      // The first chunk is not ours to write to, and has no room anyway.
      if (total > this.#bytes.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(total, 2 * this.#bytes.length));
        this.#bytes.copy(larger, 0, 0, this.length);
        this.#bytes = larger;
      }
      chunk.copy(this.#bytes, this.length);
    }
    this.length = total;
  }

  /** All bytes. Forgets them. */
  take(): Buffer {
    const all = this.#bytes.subarray(0, this.length);
    this.#bytes = empty;
    this.length = 0;
    return all;
  }
}

/**
 * Inflates gzip on the thread pool, and stops as soon as the result exceeds `limitBytes`: a decompression bomb neither
 * blocks the event loop nor fills memory. Most compressed bodies are small, and what one says about its size cannot be
 * trusted. So `makeRoom` is called when the result exceeds `smallBytes`, and then all is inflated once more.
 */
export function inflate(
  bytes: Uint8Array,
  options: Pick<BodyOptions, "limitBytes" | "smallBytes" | "makeRoom">,
  done: (error: unknown, inflated: Uint8Array) => void,
): void {
  const { limitBytes, smallBytes, makeRoom } = options;
  if (bytes.length === 0) {
    done(undefined, bytes);
    return;
  }
  const attempt = (maxOutputLength: number) =>
    gunzip(bytes, { maxOutputLength }, (error, inflated) => {
      if (error === null) return done(undefined, inflated);
      const isTooLarge = "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
      if (!isTooLarge) return done(invalidBody("the body is not valid gzip"), empty);
      if (maxOutputLength === limitBytes) return done(tooManyBytes(limitBytes), empty);
      makeRoom(limitBytes, (refusal) => {
        if (refusal === undefined) attempt(limitBytes);
        else done(refusal, empty);
      });
    });
  attempt(Math.min(smallBytes, limitBytes));
}
