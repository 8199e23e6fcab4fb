import { constants, write } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** Where lines are appended: a file, a pipe, or another device. */
export interface LineFile {
  /** Takes whole lines; they are written by the next `flush`. */
  add(lines: string): void;
  /** Resolves when everything that was added is written. What could not be written is kept for the next time. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface LineFileOptions {
  /** The path of a file, or the number of an open descriptor. */
  readonly target: string | number;
  /** Waits for the disk after each flush. */
  readonly isDurable: boolean;
  /** How long a full pipe is waited for. */
  readonly waitMs: number;
}

const lineBreak = 0x0a;
const fullPipePauseMs = 20;

/**
 * Appends to the file that has the path now: when it was renamed or deleted, as programs that rotate logs do, a new one is
 * made, closed to everyone but its owner. A line is never split between two files; after a crash or a full disk a new line
 * starts on a line of its own.
 */
export function createLineFile({ target, isDurable, waitMs }: LineFileOptions): LineFile {
  // Whole lines, of which the first `written` bytes are in the file.
  let rest = Buffer.alloc(0);
  let written = 0;
  let handle: FileHandle | undefined;

  async function openPath(path: string): Promise<void> {
    const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
    handle = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
    written = 0;
    if (await endsWithinLine(path)) rest = Buffer.concat([Buffer.of(lineBreak), rest]);
  }

  async function followPath(path: string): Promise<void> {
    if (handle !== undefined) {
      const [now, own] = await Promise.all([stat(path).catch(() => undefined), handle.stat()]);
      if (now?.ino === own.ino && now.dev === own.dev) return;
      await closeHandle();
    }
    await openPath(path);
  }

  async function closeHandle(): Promise<void> {
    const former = handle;
    handle = undefined;
    await former?.close();
  }

  async function writeSome(): Promise<number> {
    const bytes = rest.subarray(written);
    if (typeof target === "number") return writeTo(target, bytes);
    return handle === undefined ? 0 : (await handle.write(bytes)).bytesWritten;
  }

  function forgetWholeLines(): void {
    const end = rest.subarray(0, written).lastIndexOf(lineBreak) + 1;
    rest = rest.subarray(end);
    written -= end;
  }

  return {
    add(lines) {
      rest = Buffer.concat([rest, Buffer.from(lines)]);
    },
    async flush() {
      if (typeof target === "string") await followPath(target);
      const untilMs = performance.now() + waitMs;
      while (written < rest.length) {
        try {
          written += await writeSome();
          forgetWholeLines();
        } catch (error) {
          if (!isFullPipe(error) || performance.now() >= untilMs) throw error;
          await pause(fullPipePauseMs);
        }
      }
      if (isDurable && (await handle?.stat())?.isFile()) await handle?.datasync();
    },
    close: closeHandle,
  };
}

/** True for a file in which a line was begun and not ended. Not for pipes and devices. */
async function endsWithinLine(path: string): Promise<boolean> {
  const { size } = await stat(path).then((found) => (found.isFile() ? found : { size: 0 }));
  if (size === 0) return false;
  const reader = await open(path, constants.O_RDONLY);
  try {
    const { buffer } = await reader.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== lineBreak;
  } finally {
    await reader.close();
  }
}

function writeTo(descriptor: number, bytes: Uint8Array): Promise<number> {
  // Not process.stdout, which waits for a full pipe and holds everything up.
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, (error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

function isFullPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
