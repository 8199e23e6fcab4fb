import { constants, write } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { syncFolder } from "../files/sync-folder.ts";

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
/** For a full pipe, and for a process that is within a line. */
const pauseMs = 20;

/**
 * Appends to the file that has the path now: when it was renamed or deleted, as programs that rotate logs do, a new one is
 * made, closed to everyone but its owner. Other processes may append to the same file, as commands on the host do: a line
 * is written by one append, and one that was cut by a full disk or a crash is left behind and written again, whole.
 */
export function createLineFile({ target, isDurable, waitMs }: LineFileOptions): LineFile {
  // Whole lines, of which the first `written` bytes are in the pipe.
  let rest = Buffer.alloc(0);
  let written = 0;
  let handle: FileHandle | undefined;
  let isFile = false;
  /** As large as the file was after the last line of ours; it is larger when somebody else appended. */
  let size = 0;
  /** The file ends within a line, which is not gone on with. */
  let isCut = false;

  async function openPath(path: string): Promise<void> {
    const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
    const opened = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
    try {
      const found = await opened.stat();
      isFile = found.isFile();
      if (isFile) await lookAtEnd(path, found.size);
      if (isFile && isDurable) await syncFolder(dirname(path));
    } catch (error) {
      await opened.close();
      throw error;
    }
    handle = opened;
    written = 0;
  }

  async function lookAtEnd(path: string, found: number): Promise<void> {
    isCut = await endsWithinLine(path);
    size = found;
  }

  async function followPath(path: string): Promise<void> {
    if (handle !== undefined) {
      const [now, own] = await Promise.all([stat(path).catch(() => undefined), handle.stat()]);
      if (now?.ino === own.ino && now.dev === own.dev) {
        if (isFile && own.size !== size) await lookAtEnd(path, own.size);
        return;
      }
      await closeHandle();
    }
    await openPath(path);
  }

  async function closeHandle(): Promise<void> {
    const former = handle;
    handle = undefined;
    await former?.close();
  }

  /** Answers how many bytes of `rest` are done with. */
  async function writeSome(): Promise<number> {
    const bytes = rest.subarray(written);
    if (typeof target === "number") return writeTo(target, bytes);
    if (handle === undefined) return 0;
    return isFile ? appendLines(handle, bytes) : (await handle.write(bytes)).bytesWritten;
  }

  async function appendLines(file: FileHandle, lines: Uint8Array): Promise<number> {
    const before = isCut ? 1 : 0;
    const bytes = isCut ? Buffer.concat([Buffer.of(lineBreak), lines]) : lines;
    const { bytesWritten } = await file.write(bytes);
    const whole = bytes.subarray(0, bytesWritten).lastIndexOf(lineBreak) + 1;
    size += bytesWritten;
    if (bytesWritten > 0) isCut = whole < bytesWritten;
    return Math.max(0, whole - before);
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
          await pause(pauseMs);
        }
      }
      if (isDurable && isFile) await handle?.datasync();
    },
    close: closeHandle,
  };
}

/** True for a file in which a line was begun and not ended; not when another process is just about to end it. */
async function endsWithinLine(path: string): Promise<boolean> {
  if (!(await lacksLineBreak(path))) return false;
  await pause(pauseMs);
  return lacksLineBreak(path);
}

async function lacksLineBreak(path: string): Promise<boolean> {
  const reader = await open(path, constants.O_RDONLY);
  try {
    const { size } = await reader.stat();
    if (size === 0) return false;
    const { buffer, bytesRead } = await reader.read(Buffer.alloc(1), 0, 1, size - 1);
    return bytesRead === 1 && buffer[0] !== lineBreak;
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
