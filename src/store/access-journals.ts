import type { KeyObject } from "node:crypto";
import type { AccessJournal } from "../audit/access-journal.ts";
import type { LockFile } from "../audit/journal-files.ts";
import { type FoundJournal, type JournalTarget, recoverJournals } from "../audit/recover-journals.ts";
import { log } from "../log/log.ts";
import { StoreError } from "./store-error.ts";

/** The journals of the processes that share a data directory. */
export interface JournalPlace {
  readonly folder: string;
  readonly lockFile: LockFile;
}

/** Where the records of reads are before they are in the database. */
export interface JournalOptions extends JournalPlace {
  /** Whether a record has to be on the disk before a value leaves. */
  readonly isDurable: boolean;
}

/** Puts into the database what earlier processes left in their journals, and logs what became of each. */
export async function recoverLeft(
  { folder, lockFile }: JournalPlace,
  auditKey: KeyObject,
  target: JournalTarget,
): Promise<void> {
  const found = await recoverJournals({ folder, auditKey, lockFile, target, now: Date.now });
  for (const each of found) report(each, folder);
}

/** A journal that takes no records is a store that does not work at the moment. */
export function refusing(journal: AccessJournal): Omit<AccessJournal, "discard"> {
  const refuse = (error: unknown): never => {
    const text = error instanceof Error && error.name === "JournalError" ? error.message : undefined;
    throw text === undefined ? error : new StoreError("unavailable", text, { cause: error });
  };
  return {
    append: (records) => journal.append(records).catch(refuse),
    requireRoom() {
      try {
        journal.requireRoom();
      } catch (error) {
        refuse(error);
      }
    },
    flush: () => journal.flush(),
    shippedUntilMs: () => journal.shippedUntilMs(),
    close: () => journal.close().catch(refuse),
  };
}

function report({ chain, outcome, records, cutBytes }: FoundJournal, folder: string): void {
  const what = `the access journal of chain ${chain} in ${folder}`;
  const cut = cutBytes === 0 ? "" : `; ${cutBytes} bytes at its end were not a whole record`;
  if (outcome === "recovered") log("info", `${what} was left by another process: ${records} records recovered${cut}`);
  else if (outcome === "foreign")
    log("error", `${what} is not of this store and stays: move it to the data directory of its own`);
  else if (outcome === "unreadable")
    log(
      "error",
      `${what} cannot be read with the keys of this store, and stays; after a restore, it may be of the former store`,
    );
  else if (outcome === "damaged")
    log(
      "error",
      `critical: ${what} is damaged and stays as evidence: the database has the ${records} records before the damage, ` +
        "and others may be lost. The chain has no end",
    );
  else log("error", `critical: the database has other records than ${what}, which stays as evidence`);
}
