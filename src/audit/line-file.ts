import { constants, write } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { syncFolder } from "../files/sync-folder.ts";

/** Where lines are appended: a file, a pipe, or another device. */
export interface LineFile {
  /** Takes whole lines. The next `flush` writes them. */
  add(lines: string): void;
  /** Resolves when everything that was added is written. Lines that could not be written remain for the next flush. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface LineFileOptions {
  /** The path of a file, or the number of an open descriptor. */
  readonly target: string | number;
  /** Waits for the disk after each flush. */
  readonly isDurable: boolean;
  /** How long to wait for a full pipe. */
  readonly waitMs: number;
}

const lineBreak = 0x0a;
/** How long to wait before another look at a full pipe, or at a line that another process has not ended. */
const pauseMs = 20;

/**
 * Appends to the file that has the path now. When it was renamed or deleted, as programs that rotate logs do, a new
 * file is created that only its owner can read. Other processes, such as commands on the host, may append to the same
 * file. One append writes a line. A line that was cut by a full disk or a crash stays in the file, and is written again
 * as a whole.
 */
export function createLineFile({ target, isDurable, waitMs }: LineFileOptions): LineFile {
  // Whole lines. Their first `written` bytes are already in the pipe.
  let rest = Buffer.alloc(0);
  let written = 0;
  let handle: FileHandle | undefined;
  let isFile = false;
  /** The size of the file after the last line of this process. It is larger when another process appended. */
  let size = 0;
  /** The file ends in the middle of a line, which is not continued. */
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

  /** Returns how many bytes of `rest` need not be written again. */
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

  function dropWholeLines(): void {
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
          dropWholeLines();
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

/** True for a file that ends in the middle of a line, unless another process is just about to end that line. */
async function endsWithinLine(path: string): Promise<boolean> {
  if (!(await lacksLineBreak(path))) return false;
  await pause(pauseMs);
  return lacksLineBreak(path);
}

async function lacksLineBreak(path: string): Promise<boolean> {
  const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
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
  // Not process.stdout, which blocks the whole process while a pipe is full.
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, (error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

function isFullPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
