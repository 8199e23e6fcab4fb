import { hostname } from "node:os";
import { type AccessJournal, createAccessJournal, type ShippedBatch } from "../../audit/access-journal.ts";
import { createChain } from "../../audit/chain.ts";
import { createChainStarts } from "../../audit/chain-start.ts";
import { journaledChain } from "../../audit/journal-end.ts";
import { type JournalOptions, type JournalPlace, recoverLeft, refusing } from "../access-journals.ts";
import type { AuditStore } from "../audit-store.ts";
import { isProgrammingError, StoreError } from "../store-error.ts";
import type { AccessShipper } from "./access-shipper.ts";
import { createFileGuard } from "./file-guard.ts";
import type { Writer } from "./writer.ts";

/** Takes records of access. A journal takes them before they are in `audit.db`. */
export type AccessRecords = Pick<AccessJournal, "append" | "requireRoom" | "flush" | "close">;

export interface AccessOptions {
  readonly changes: Writer;
  readonly access: Writer;
  readonly shipper: AccessShipper;
  /** Of `audit.db`. */
  readonly path: string;
  /** Undefined: a record is in `audit.db` before a value leaves. */
  readonly journal: JournalOptions | undefined;
  /** Where earlier processes may have left journals, also when this one has none. */
  readonly left: JournalPlace | undefined;
}

/**
 * Fewer and larger batches than with a database that several processes share: here all who ask for records are in this
 * process, and lists wait for them.
 */
const shipEveryMs = 250;

/**
 * In `process`, `audit.db` waits for the disk once for this much. Files of the journal are only deleted after that, so
 * that a crash of the machine does not leave a gap between them and the database.
 */
const unsafeBytesMax = 1024 * 1024;

/**
 * And once in this time, so that an old file of the journal, whose records retention may have dropped, does not stay.
 */
const unsafeMs = 3_600_000;

/**
 * Registers the chains of this process in the file of the changes, before anything is recorded in them. Journals that
 * earlier processes left are put into `audit.db` first.
 */
export async function beginAccess(
  options: AccessOptions,
  begin: Parameters<AuditStore["beginAudit"]>[0],
): Promise<AccessRecords> {
  const { changes, access, shipper, path, journal, left = journal } = options;
  const { auditKey, chain, startedAtMs, onBroken, now = Date.now } = begin;
  if (left !== undefined) await recoverLeft(left, auditKey, shipper.target);
  if (journal === undefined) {
    const starts = createChainStarts(auditKey, chain, startedAtMs);
    await changes.request("register-chains", [starts.changes, starts.access]);
    await changes.request("start-chain", { auditKey, ...starts.changes });
    await access.request("start-chain", { auditKey, ...starts.access });
    return appendingTo(access);
  }
  const requireFiles = createFileGuard(path);
  requireFiles();
  const starts = createChainStarts(auditKey, chain, startedAtMs, journaledChain(chain, hostname()));
  const start = starts.access;
  const { folder, lockFile, isDurable } = journal;
  let isFailing = false;
  let isLast = false;
  let unsafeBytes = 0;
  let safeAtMs = performance.now();
  const ship = async ({ frames }: ShippedBatch) => {
    unsafeBytes += frames.reduce((sum, { length }) => sum + length, 0);
    const isLong = performance.now() - safeAtMs >= unsafeMs;
    const waits = isDurable || isLast || isLong || unsafeBytes >= unsafeBytesMax;
    try {
      await shipper.ship(start.chain, frames, waits);
      if (waits) {
        unsafeBytes = 0;
        safeAtMs = performance.now();
      }
      isFailing = false;
    } catch (error) {
      isFailing = true;
      throw error;
    }
  };
  // Before the chain is registered: one that has no journal would never end.
  const records = createAccessJournal({
    ...{ folder, auditKey, lockFile, isDurable, start, ship, onBroken, now, limits: { shipEveryMs } },
    shipsFrames: true,
    chain: createChain(auditKey, start.chain, "access", start.mac),
    isSafe: () => unsafeBytes === 0,
  });
  try {
    await changes.request("register-chains", [starts.changes, start]);
    await access.request("begin-journal", { chain: start.chain, position: 0 });
    await changes.request("start-chain", { auditKey, ...starts.changes });
  } catch (error) {
    records.discard();
    throw error;
  }
  const journaled = refusing(records);
  const close = async () => {
    isLast = true;
    await journaled.close();
    // What is noted does no harm: the next journal forgets it.
    await access.request("end-journal", undefined).catch(() => undefined);
  };
  return waiting({ ...journaled, close }, requireFiles, () => isFailing);
}

/**
 * While the file cannot be written, or is too far behind, records wait for one more try. A file that was deleted or
 * replaced is noticed at once: nothing may seem to be recorded in it.
 */
function waiting(journal: AccessRecords, requireFiles: () => void, isFailing: () => boolean): AccessRecords {
  const hasRoom = () => {
    try {
      journal.requireRoom();
      return true;
    } catch {
      return false;
    }
  };
  return {
    ...journal,
    async append(records) {
      requireFiles();
      if (isFailing() || !hasRoom()) await journal.flush();
      await journal.append(records);
    },
  };
}

function appendingTo(access: Writer): AccessRecords {
  return {
    async append(records) {
      // Whether it was stored after all does not matter: the action that waits for the record is not carried out.
      await access.request("append", JSON.stringify(records)).catch((cause: unknown) => {
        const isBug = isProgrammingError(cause);
        const fault = cause instanceof StoreError ? cause.fault : undefined;
        throw new StoreError(isBug ? "bug" : "unavailable", "the record could not be stored", { cause, fault });
      });
    },
    requireRoom: () => {},
    // A record is in the file before the answer, and its chain needs no end.
    flush: async () => {},
    close: async () => {},
  };
}
