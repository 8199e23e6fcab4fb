import { hostname } from "node:os";
import type { Db } from "mongodb";
import { createAccessJournal } from "../../../audit/access-journal.ts";
import { createChain } from "../../../audit/chain.ts";
import { createChainStarts } from "../../../audit/chain-start.ts";
import { journaledChain } from "../../../audit/journal-end.ts";
import type { LockFile } from "../../../audit/journal-files.ts";
import { type FoundJournal, type JournalTarget, recoverJournals } from "../../../audit/recover-journals.ts";
import { log } from "../../../log/log.ts";
import type { BeginAudit } from "../../audit-store.ts";
import { requireCount, requireName } from "../../guard.ts";
import { StoreError } from "../../store-error.ts";
import type { BoundedFence } from "../read/bounded-fence.ts";
import type { AuditReader } from "../read/read-audit.ts";
import type { ReadFence } from "../read/read-fence.ts";
import type { RestoreMark } from "../restore/restore-mark.ts";
import type { Named } from "../rows/schema.ts";
import { createAccessShipper } from "./access-shipper.ts";
import { type AccessWriter, createAccessWriter } from "./access-writer.ts";
import { type ProcessChains, registerChains } from "./register-chains.ts";

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

export interface AccessOptions {
  readonly db: Db;
  readonly mark: RestoreMark;
  readonly audit: Pick<AuditReader, "listChains" | "listCheckpoints">;
  readonly commandMs: number;
  readonly fence: ReadFence;
  /** Undefined: a record is in the database before a value leaves. */
  readonly journaled: { readonly journal: JournalOptions; readonly fence: BoundedFence } | undefined;
  /** Where earlier processes may have left journals, also when this one has none. */
  readonly left: JournalPlace | undefined;
}

/**
 * Registers the chains of this process, and begins to take records of access. Journals that earlier processes left on
 * this machine are put into the database first.
 */
export async function beginAccess(
  options: AccessOptions,
  begin: BeginAudit,
): Promise<{ readonly chains: ProcessChains; readonly access: AccessWriter }> {
  const { chain, startedAtMs } = begin;
  requireName(chain, "chain");
  requireCount(startedAtMs, "startedAtMs");
  const { db, mark, journaled, left, commandMs } = options;
  if (journaled !== undefined) return beginJournal(options, journaled, begin);
  const shipper = createAccessShipper(db, commandMs);
  const ship = async (...of: Parameters<typeof shipper.ship>) => void (await shipper.ship(...of));
  if (left !== undefined) await recoverLeft(options, left, begin.auditKey, { ...shipper, ship });
  const chains = await registerChains(db, mark, begin.auditKey, createChainStarts(begin.auditKey, chain, startedAtMs));
  return { chains, access: createAccessWriter(db.collection<Named>("access"), chains.access, commandMs) };
}

async function beginJournal(
  options: AccessOptions,
  { journal, fence }: NonNullable<AccessOptions["journaled"]>,
  { auditKey, chain, startedAtMs, onBroken }: BeginAudit,
): Promise<{ readonly chains: ProcessChains; readonly access: AccessWriter }> {
  const { db, mark, commandMs } = options;
  const { folder, lockFile, isDurable } = journal;
  const shipper = createAccessShipper(db, commandMs);
  const ship: Parameters<typeof createAccessJournal>[0]["ship"] = async (records) => {
    await fence.proving(() => shipper.ship(records));
  };
  await recoverLeft(options, journal, auditKey, { ...shipper, ship });
  const starts = createChainStarts(auditKey, chain, startedAtMs, journaledChain(chain, hostname()));
  const start = starts.access;
  // Before the chain is registered: one that has no journal would never end.
  const access = createAccessJournal({
    ...{ folder, auditKey, lockFile, isDurable, start, ship, onBroken, now: Date.now },
    chain: createChain(auditKey, start.chain, "access", start.mac),
  });
  try {
    return { chains: await registerChains(db, mark, auditKey, starts), access: refusing(access) };
  } catch (error) {
    access.discard();
    throw error;
  }
}

async function recoverLeft(
  { audit, fence }: AccessOptions,
  { folder, lockFile }: JournalPlace,
  auditKey: BeginAudit["auditKey"],
  { recordsAfter, ship }: Pick<JournalTarget, "recordsAfter" | "ship">,
): Promise<void> {
  const target: JournalTarget = {
    listChains: () => fence.read(() => audit.listChains()),
    listCheckpoints: () => fence.read(() => audit.listCheckpoints()),
    recordsAfter: (...of) => fence.read(() => recordsAfter(...of)),
    ship,
  };
  const found = await recoverJournals({ folder, auditKey, lockFile, target, now: Date.now });
  for (const each of found) report(each, folder);
}

/** A journal that takes no records is a store that does not work at the moment. */
function refusing(journal: ReturnType<typeof createAccessJournal>): AccessWriter {
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
    close: () => journal.close().catch(refuse),
  };
}

function report({ chain, outcome, records, cutBytes }: FoundJournal, folder: string): void {
  const what = `the access journal of chain ${chain} in ${folder}`;
  const cut = cutBytes === 0 ? "" : `; ${cutBytes} bytes at its end were not a whole record`;
  if (outcome === "recovered") log("info", `${what} was left by another process: ${records} records recovered${cut}`);
  else if (outcome === "foreign")
    log("error", `${what} is not of this store and stays: move it to the data directory of its own`);
  else if (outcome === "unreadable") log("error", `${what} cannot be read with the keys of this store, and stays`);
  else if (outcome === "damaged")
    log(
      "error",
      `critical: ${what} is damaged and stays as evidence: the database has the ${records} records before the damage, ` +
        "and others may be lost. The chain has no end",
    );
  else log("error", `critical: the database has other records than ${what}, which stays as evidence`);
}
