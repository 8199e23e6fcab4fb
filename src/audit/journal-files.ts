import { closeSync, constants, fdatasync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { JournalError } from "./journal-error.ts";
import { nameFile, prepareFolder, syncNow } from "./journal-folder.ts";

/** Keeps other processes from a journal until it is released, or until the process ends, however it ends. */
export interface FileLock {
  release(): void;
}

/** Undefined while another process holds the lock. */
export type LockFile = (path: string) => FileLock | undefined;

/** Where the journals of a data directory are. */
export function journalFolder(dataDir: string): string {
  return join(dataDir, "access-journal");
}

/** The files of one journal are named for its chain, so that processes may share a data directory. */
export function lockName(chain: string): string {
  return `${chain}.lock`;
}

const serialDigits = 8;

export function segmentName(chain: string, serial: number): string {
  return `${chain}.${String(serial).padStart(serialDigits, "0")}.segment`;
}

/** Until everything before its first record is on the disk, a file has this name, and the next start ignores it. */
export function provisionalName(name: string): string {
  return `${name}.new`;
}

/** The chain and the number of a file of that name. */
export function parseSegmentName(name: string): { readonly chain: string; readonly serial: number } | undefined {
  const [, chain, serial] = /^(.+)\.(\d{8})\.segment$/.exec(name) ?? [];
  return chain === undefined ? undefined : { chain, serial: Number(serial) };
}

/** Whether a file of this chain had not got its name. */
export function isProvisional(name: string, chain: string): boolean {
  const [, named = ""] = /^(.*)\.new$/.exec(name) ?? [];
  return parseSegmentName(named)?.chain === chain;
}

export interface JournalFiles {
  /** Throws `JournalError` once the disk has failed: nothing can be written any more. */
  requireWorking(): void;
  /**
   * Appends whole frames, the last of which is of the record at `lastPosition`. Throws `JournalError`: nothing is
   * added.
   */
  write(frames: Uint8Array, lastPosition: number): void;
  /** Resolves when everything that was written before is on the disk. */
  synced(): Promise<void>;
  /** Resolves when no file is about to get its name. */
  settled(): Promise<void>;
  /** Deletes what only holds records up to `position`. */
  release(position: number): void;
  /** Deletes everything, or with `isLeft` leaves it for the next process. */
  close(isLeft: boolean): void;
}

export interface JournalFilesOptions {
  readonly folder: string;
  readonly chain: string;
  /** The first frame of a segment that begins after the last record that was written. */
  readonly start: () => Uint8Array;
  readonly lockFile: LockFile;
  /** Whether new files have to survive a crash of the machine. */
  readonly isDurable: boolean;
  /** A file of this size, or that was begun this long ago, is followed by another one. */
  readonly segmentBytes: number;
  readonly segmentAgeMs: number;
  /** Called once, when the disk has failed: only another process can go on. */
  readonly onBroken?: ((error: JournalError) => void) | undefined;
}

interface Segment {
  path: string;
  readonly fd: number;
  size: number;
  readonly begunAtMs: number;
  hasRecords: boolean;
  lastPosition: number;
  /** Syncs of it that are queued or run. Its number must not become that of another file before they end. */
  syncs: number;
  isClosed: boolean;
}

/** Creates the files of a new journal, which only their owner can read. Throws `JournalError`. */
export function createJournalFiles(options: JournalFilesOptions): JournalFiles {
  const { folder, chain, isDurable, segmentBytes, segmentAgeMs } = options;
  let serial = 0;
  let shipped = 0;
  /** A file whose content is not known any more: the system may have dropped what it could not write. */
  let failure: JournalError | undefined;
  const lock = failing(() => {
    prepareFolder(folder, isDurable);
    return options.lockFile(join(folder, lockName(chain)));
  });
  if (lock === undefined) throw new JournalError(`the access journal of chain ${chain} is in use`);
  let former: Segment[] = [];
  let current = failing(() => openSegment(true));
  if (isDurable) failing(() => syncNow(current.fd, folder));
  let settling: Promise<void> | undefined;
  let syncing: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;

  function openSegment(isNamed: boolean): Segment {
    serial += 1;
    const name = segmentName(chain, serial);
    const path = join(folder, isNamed ? name : provisionalName(name));
    const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      const start = options.start();
      if (writeSync(fd, start) !== start.length) throw new JournalError("the start of a segment was cut");
      const begun = { begunAtMs: performance.now(), hasRecords: false };
      return { path, fd, size: start.length, ...begun, lastPosition: shipped, syncs: 0, isClosed: false };
    } catch (error) {
      closeSync(fd);
      rmSync(path, { force: true });
      throw error;
    }
  }

  function nextSegment(): void {
    const full = current;
    const next = failing(() => openSegment(!isDurable));
    former.push(full);
    current = next;
    if (isDurable) {
      settling = settle(full, next);
      settling.catch(() => undefined);
    } else {
      release(shipped);
    }
  }

  /**
   * After a crash of the machine, a file whose name is there means that those before it are whole. Nothing here waits
   * on the main thread; what is written meanwhile is acknowledged after it.
   */
  async function settle(full: Segment, next: Segment): Promise<void> {
    try {
      await sync(full);
      await sync(next);
      const path = join(folder, segmentName(chain, serial));
      await nameFile(next.path, path);
      next.path = path;
    } catch (error) {
      throw breakDown(error);
    } finally {
      settling = undefined;
    }
    release(shipped);
  }

  /** What is on the disk is then unknown, and a second sync would report success for pages that are gone. */
  function breakDown(error: unknown): JournalError {
    if (failure === undefined) {
      failure = new JournalError(
        `the disk of the access journal reports an error (${codeOf(error)}); restart the service`,
      );
      options.onBroken?.(failure);
    }
    return failure;
  }

  /** A file without a name would be lost with the process. Once all that is in it is shipped, another one is made. */
  function requireNamed(): void {
    if (fstatSync(current.fd).nlink > 0) return;
    if (current.lastPosition > shipped || settling !== undefined)
      throw new JournalError(`the access journal ${current.path} was deleted`);
    nextSegment();
  }

  /** An old one may hold records that retention has dropped from the store. */
  function isFull(): boolean {
    const { size, hasRecords, begunAtMs } = current;
    return size >= segmentBytes || (hasRecords && performance.now() - begunAtMs >= segmentAgeMs);
  }

  function append(frames: Uint8Array): void {
    let written = 0;
    try {
      written = writeSync(current.fd, frames);
    } finally {
      // Nothing may follow half of a record.
      if (written !== frames.length) takeBack();
    }
    if (written !== frames.length) throw new JournalError("no space is left on the disk of the access journal");
    current.size += frames.length;
  }

  function takeBack(): void {
    try {
      ftruncateSync(current.fd, current.size);
    } catch (error) {
      throw breakDown(error);
    }
  }

  function release(position: number): void {
    shipped = Math.max(shipped, position);
    // While the next file has no name yet, a start has to find the last of those before it.
    if (settling !== undefined) return;
    const done = former.filter(({ lastPosition }) => lastPosition <= shipped);
    former = former.filter(({ lastPosition }) => lastPosition > shipped);
    for (const segment of done) {
      closeFile(segment);
      rmSync(segment.path, { force: true });
    }
  }

  function sync(segment: Segment): Promise<void> {
    if (segment.isClosed) return Promise.reject(new JournalError("the access journal is closed"));
    segment.syncs += 1;
    return new Promise((resolve, reject) => {
      fdatasync(segment.fd, (error) => {
        segment.syncs -= 1;
        if (segment.isClosed) closeFile(segment);
        if (error === null) resolve();
        else reject(breakDown(error));
      });
    });
  }

  function closeFile(segment: Segment): void {
    segment.isClosed = true;
    if (segment.syncs === 0) closeSync(segment.fd);
  }

  function requireWorking(): void {
    if (failure !== undefined) throw failure;
  }

  return {
    requireWorking,
    write(frames, lastPosition) {
      requireWorking();
      failing(() => {
        requireNamed();
        if (isFull() && settling === undefined) nextSegment();
        append(frames);
      });
      current.hasRecords = true;
      current.lastPosition = lastPosition;
    },
    synced() {
      if (failure !== undefined) return Promise.reject(failure);
      // One that runs may have begun before the write. The next one is for all that wait.
      waiting ??= (syncing ?? Promise.resolve())
        .catch(() => undefined)
        .then(async () => {
          while (settling !== undefined) await settling.catch(() => undefined);
          waiting = undefined;
          syncing = failure === undefined ? sync(current) : Promise.reject(failure);
          return syncing;
        });
      return waiting;
    },
    settled: () => (settling ?? Promise.resolve()).catch(() => undefined),
    release,
    close(isLeft) {
      for (const segment of [...former, current]) {
        closeFile(segment);
        if (!isLeft) rmSync(segment.path, { force: true });
      }
      if (!isLeft) rmSync(join(folder, lockName(chain)), { force: true });
      lock.release();
    },
  };

  function failing<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof JournalError || error instanceof TypeError) throw error;
      throw new JournalError(`the access journal in ${folder} cannot be written (${codeOf(error)})`);
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
