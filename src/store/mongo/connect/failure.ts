import {
  MongoError,
  MongoErrorLabel,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from "mongodb";
import { stackFrames } from "../../../log/stack-frames.ts";
import { isProgrammingError, StoreError, type StoreFault } from "../../store-error.ts";

/** The server's code when a unique index refuses a document. */
const duplicateKey = 11_000;

/** The server's code when two transactions write the same document. */
const writeConflict = 112;

/** The server's code when it cannot read a snapshot at the moment. */
const snapshotUnavailable = 246;

/** The server's code when it no longer has a snapshot. */
const snapshotTooOld = 239;

/**
 * Runs `work` and turns whatever it throws into a `StoreError` with a fixed text. The messages of the driver quote rows
 * and addresses, so the cause contains only the names and numbers of its errors.
 */
export async function guarded<T>(message: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw withFault("unavailable", message, error);
  }
}

/**
 * Leaves a `StoreError` as it is. Any other error becomes one with this message, see `guarded`; a mistake of ours
 * `bug`.
 */
export function toStoreError(kind: StoreError["kind"], message: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError(isBug(error) ? "bug" : kind, message, { cause: describe(error) });
}

/** The same, and the message also says what is wrong with the server, as far as the error shows it. */
export function withFault(kind: StoreError["kind"], message: string, error: unknown): StoreError {
  if (error instanceof StoreError || isBug(error)) return toStoreError(kind, message, error);
  return new StoreError(kind, message, { cause: describe(error), fault: faultOf(error) });
}

function isBug(error: unknown): boolean {
  return isProgrammingError(error) || error instanceof MongoInvalidArgumentError;
}

/** The server's codes for what an operator can mend. */
const faultsByCode = new Map<unknown, StoreFault>([
  // Unauthorized, AuthenticationFailed
  [13, "no-permission"],
  [18, "no-permission"],
  // ExceededTimeLimit, MaxTimeMSExpired
  [50, "no-answer"],
  [262, "no-answer"],
  // WriteConcernFailed, UnsatisfiableWriteConcern
  [64, "no-majority"],
  [100, "no-majority"],
  // PrimarySteppedDown, NotWritablePrimary, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk,
  // NotPrimaryOrSecondary
  [189, "no-primary"],
  [10_107, "no-primary"],
  [11_602, "no-primary"],
  [13_435, "no-primary"],
  [13_436, "no-primary"],
  // DocumentValidationFailure, CommandNotSupportedOnView, and a document that grows in a capped collection
  [121, "changed"],
  [166, "changed"],
  [10_003, "changed"],
  // OutOfDiskSpace
  [14_031, "no-space"],
]);

/** What is wrong with the server, if the error says so. */
function faultOf(error: unknown): StoreFault | undefined {
  if (error instanceof MongoServerSelectionError) return "no-primary";
  if (error instanceof MongoNetworkError) return "no-answer";
  if (error instanceof MongoWriteConcernError) return "no-majority";
  return error instanceof MongoServerError ? faultsByCode.get(error.code) : undefined;
}

/**
 * The error without anything that could be data. The log shows the name of an error that is not ours, and not its
 * message, so the server's code and its labels are part of the name.
 */
function describe(error: unknown): Error {
  const described = new Error();
  if (!(error instanceof Error)) {
    described.name = "something that is not an error";
    return described;
  }
  const parts = [error.name];
  if (error instanceof MongoServerError) parts.push(String(error.codeName ?? ""), String(error.code ?? ""));
  if (error instanceof MongoError) parts.push(...error.errorLabels);
  // A database that lies has no other way into the log.
  described.name = parts.filter((part) => wordForm.test(part)).join(" ");
  described.stack = [described.name, ...stackFrames(error).map((place) => `    at ${place}`)].join("\n");
  return described;
}

const wordForm = /^\w{1,60}$/;

export function isDuplicateKey(error: unknown): boolean {
  return hasCode(error, duplicateKey);
}

export function isWriteConflict(error: unknown): boolean {
  return hasCode(error, writeConflict);
}

export function isWithoutSnapshot(error: unknown): boolean {
  return hasCode(error, snapshotUnavailable);
}

export function snapshotIsTooOld(error: unknown): boolean {
  return hasCode(error, snapshotTooOld);
}

/** The transaction was not carried out, and may be retried. */
export function isTransient(error: unknown): boolean {
  return error instanceof MongoError && error.hasErrorLabel(MongoErrorLabel.TransientTransactionError);
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof MongoServerError && error.code === code;
}

/** The network failed, or the server is no longer what it was: a read may be repeated once. */
export function isPassingFailure(error: unknown): boolean {
  if (error instanceof MongoNetworkError) return true;
  return error instanceof MongoServerError && passing.has(Number(error.code));
}

/** The server's codes when it is not the primary any more, or stops, or has lost the others. */
const passing: ReadonlySet<number> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  89, // NetworkTimeout
  91, // ShutdownInProgress
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  9_001, // SocketException
  10_107, // NotWritablePrimary
  11_600, // InterruptedAtShutdown
  11_602, // InterruptedDueToReplStateChange
  13_435, // NotPrimaryNoSecondaryOk
  13_436, // NotPrimaryOrSecondary
]);
