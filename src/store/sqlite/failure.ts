import { isProgrammingError, StoreError, type StoreFault } from "../store-error.ts";

/**
 * Runs `work` and turns whatever it throws into a `StoreError` with a fixed text. An error of SQLite or of the file
 * system leaves the store only as the cause of a `StoreError`.
 */
export function guarded<T>(message: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStoreError(message, error);
  }
}

/** The same for asynchronous work. */
export async function guardedAsync<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(message, error);
  }
}

/**
 * Leaves a `StoreError` as it is. Any other error becomes the cause of one with this message; a mistake of ours `bug`.
 */
export function toStoreError(message: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  if (isProgrammingError(cause)) return new StoreError("bug", message, { cause });
  return new StoreError("unavailable", message, { cause, fault: faultOf(cause) });
}

/** SQLite's primary result codes. An extended code has them in its lowest byte. */
const faultsByCode: Readonly<Record<number, StoreFault>> = {
  3: "no-access",
  5: "locked",
  6: "locked",
  7: "no-memory",
  8: "read-only",
  10: "io",
  11: "damaged",
  13: "no-space",
  14: "no-access",
  26: "damaged",
};

/** SQLite's primary result code for an I/O error: the write may have reached the disk or not. */
const ioError = 10;

/** Codes of the operating system, for the few files that the store opens by itself. */
const faultsBySystemCode: Readonly<Record<string, StoreFault>> = {
  ENOSPC: "no-space",
  EDQUOT: "no-space",
  EROFS: "read-only",
  EIO: "io",
  EACCES: "no-access",
  EPERM: "no-access",
  ENOENT: "no-access",
  ENOTDIR: "no-access",
  EMFILE: "no-access",
  ENFILE: "no-access",
};

/** What is wrong with the disk or the file, if the error says so. */
export function faultOf(error: unknown): StoreFault | undefined {
  if (error instanceof StoreError) return error.fault;
  const code = primaryCode(error);
  if (code !== undefined) return faultsByCode[code];
  const systemCode = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof systemCode === "string" ? faultsBySystemCode[systemCode] : undefined;
}

/** Whether it is not known what reached the disk. */
export function isIoError(error: unknown): boolean {
  return primaryCode(error) === ioError;
}

/**
 * SQLite's text for the result code, because the full message could hold more than that. Of other errors, only the
 * name.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("errstr" in error && typeof error.errstr === "string") return error.errstr;
  return error.name;
}

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}
