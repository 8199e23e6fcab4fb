import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { open } from "node:fs/promises";

/** Why a file was not read. The message completes "cannot read PATH (…)". */
export class UnreadableFileError extends Error {
  readonly kind: "not-regular" | "too-large" | "silent";

  constructor(kind: UnreadableFileError["kind"], message: string) {
    super(message);
    this.name = "UnreadableFileError";
    this.kind = kind;
  }
}

export interface ReadOptions {
  readonly maxBytes: number;
  /**
   * `wait` also reads a pipe, such as `<(command)` of a shell, which can be read only once. Default: only regular files
   * are read.
   */
  readonly pipe?: "refuse" | "wait";
  /** How long a pipe may be silent. Default 10,000: as long as a command needs that asks another service for a key. */
  readonly waitMs?: number;
  /** More flags for open, such as `O_NOFOLLOW`. */
  readonly flags?: number;
}

/** Opening a pipe without `O_NONBLOCK` waits for its writer, for ever if there is none. */
const openFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const firstBytes = 64 * 1024;
const pauseMs = 20;

/**
 * Reads a whole file that has at most `maxBytes`. Opens it first and checks what was opened, so that it reads the file
 * that it checked. Never hangs: devices are refused, and a pipe is silent for at most `waitMs`. Throws
 * `UnreadableFileError`, or the file system's error.
 */
export function readBounded(path: string, options: ReadOptions): Buffer {
  const { maxBytes, pipe = "refuse", waitMs = 10_000, flags = 0 } = options;
  const fd = openSync(path, openFlags | flags);
  try {
    const found = fstatSync(fd);
    const isPipe = found.isFIFO() && pipe === "wait";
    if (!isPipe) requireRegular(found, maxBytes);
    const collected = collect(maxBytes);
    for (let untilMs = performance.now() + waitMs; ; ) {
      const read = readSome(fd, collected.room());
      if (read === 0 && !(isPipe && collected.size === 0)) return collected.bytes();
      if (read !== undefined && read > 0) {
        collected.add(read);
        untilMs = performance.now() + waitMs;
        continue;
      }
      // The pipe has nothing yet, or its writer has not opened it yet.
      if (performance.now() >= untilMs)
        throw new UnreadableFileError("silent", `the pipe was silent for ${waitMs / 1000} seconds`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  } finally {
    closeSync(fd);
  }
}

/** The same for a file that is read again and again while the service runs. It has to be a regular file. */
export async function readRegularFile(path: string, maxBytes: number): Promise<Buffer> {
  const handle = await open(path, openFlags);
  try {
    requireRegular(await handle.stat(), maxBytes);
    const collected = collect(maxBytes);
    for (;;) {
      const { bytesRead } = await handle.read(collected.room());
      if (bytesRead === 0) return collected.bytes();
      collected.add(bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** What to say about an error of this module or of the file system: a reason, or a code such as `ENOENT`. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof UnreadableFileError) return error.message;
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

function requireRegular(found: Stats, maxBytes: number): void {
  if (found.isDirectory()) throw new UnreadableFileError("not-regular", "EISDIR");
  if (!found.isFile()) throw new UnreadableFileError("not-regular", "it is not a regular file");
  if (found.size > maxBytes) throw tooLarge(maxBytes);
}

/** Undefined if a pipe is empty, but has a writer. */
function readSome(fd: number, room: Buffer): number | undefined {
  try {
    return readSync(fd, room, 0, room.length, null);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return undefined;
    throw error;
  }
}

/** One growing buffer: a pipe may come in crumbs. The size that a file says it has may be wrong. */
function collect(maxBytes: number) {
  let buffer = Buffer.alloc(Math.min(firstBytes, maxBytes + 1));
  let size = 0;
  return {
    get size() {
      return size;
    },
    room(): Buffer {
      if (size === buffer.length) buffer = Buffer.concat([buffer], Math.min(buffer.length * 2, maxBytes + 1));
      return buffer.subarray(size);
    },
    add(read: number): void {
      size += read;
      if (size > maxBytes) throw tooLarge(maxBytes);
    },
    bytes: () => buffer.subarray(0, size),
  };
}

function tooLarge(maxBytes: number): UnreadableFileError {
  return new UnreadableFileError("too-large", `it is larger than ${maxBytes} bytes`);
}
