import type { Readable } from "node:stream";
import { gunzip } from "node:zlib";
import { invalidBody, tooManyBytes } from "./refusal.ts";

const empty = Buffer.alloc(0);

/**
 * Reads a whole body into one buffer. `done` is called once: with the bytes, or with a refusal as soon as the declared or
 * the actual size passes `limitBytes`; never when the peer goes away before the end. What is not read stays with the
 * caller to discard.
 */
export function readBody(
  source: Readable,
  options: {
    readonly limitBytes: number;
    /** Allowed on top of the limit for what is around the message. */
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
  // Listeners stay with a stream for as long as it does, which is longer than the call that waits for the body.
  let waiting: typeof done | undefined = done;
  const tell = (error: unknown, bytes: Buffer) => {
    const told = waiting;
    waiting = undefined;
    told?.(error, bytes);
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
    tell(tooManyBytes(limitBytes), empty);
  };
  const onEnd = () => {
    const [first] = chunks;
    const bytes = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, total);
    drop();
    tell(undefined, bytes);
  };
  // An empty body may have ended while the caller's token was looked up; nobody is told of its end again.
  if (source.readableEnded) {
    onEnd();
    return;
  }
  source.on("data", onData);
  source.on("end", onEnd);
  // The peer is gone: there is nobody to answer, but what was collected must not wait for the call's deadline.
  source.on("close", drop);
}

/**
 * Inflates gzip on the thread pool, and stops as soon as there are more than `limitBytes`: a bomb costs neither the
 * event loop nor memory.
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
