import { hostname } from "node:os";
import type { Db } from "mongodb";
import { createAccessJournal } from "../../../audit/access-journal.ts";
import { createChain } from "../../../audit/chain.ts";
import { createChainStarts } from "../../../audit/chain-start.ts";
import { journaledChain } from "../../../audit/journal-end.ts";
import type { JournalTarget } from "../../../audit/recover-journals.ts";
import { type JournalOptions, type JournalPlace, recoverLeft, refusing } from "../../access-journals.ts";
import type { BeginAudit } from "../../audit-store.ts";
import { requireCount, requireName } from "../../guard.ts";
import type { BoundedFence } from "../read/bounded-fence.ts";
import type { AuditReader } from "../read/read-audit.ts";
import type { ReadFence } from "../read/read-fence.ts";
import type { RestoreMark } from "../restore/restore-mark.ts";
import type { Named } from "../rows/schema.ts";
import { createAccessShipper } from "./access-shipper.ts";
import { type AccessWriter, createAccessWriter } from "./access-writer.ts";
import { type ProcessChains, registerChains } from "./register-chains.ts";
import type { ShippedNote } from "./shipped-note.ts";

export interface AccessOptions {
  readonly db: Db;
  readonly mark: RestoreMark;
  readonly audit: Pick<AuditReader, "listChains" | "listCheckpoints">;
  readonly commandMs: number;
  readonly fence: ReadFence;
  /** Undefined: a record is in the database before a value leaves. */
  readonly journaled: { readonly journal: JournalOptions; readonly fence: BoundedFence } | undefined;
  /** Where this process says, with a journal, what of it is in the database. */
  readonly note: ShippedNote;
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
  if (left !== undefined) await recoverIn(options, left, begin.auditKey, { ...shipper, ship });
  const chains = await registerChains(db, mark, begin.auditKey, createChainStarts(begin.auditKey, chain, startedAtMs));
  return { chains, access: createAccessWriter(db.collection<Named>("access"), chains.access, commandMs) };
}

async function beginJournal(
  options: AccessOptions,
  { journal, fence }: NonNullable<AccessOptions["journaled"]>,
  { auditKey, chain, startedAtMs, onBroken, now = Date.now }: BeginAudit,
): Promise<{ readonly chains: ProcessChains; readonly access: AccessWriter }> {
  const { db, mark, note, commandMs } = options;
  const { folder, lockFile, isDurable } = journal;
  const shipper = createAccessShipper(db, commandMs);
  const ship: JournalTarget["ship"] = async (records) => {
    await fence.proving(() => shipper.ship(records));
  };
  await recoverIn(options, journal, auditKey, { ...shipper, ship });
  const starts = createChainStarts(auditKey, chain, startedAtMs, journaledChain(chain, hostname()));
  const start = starts.access;
  // Before the chain is registered: one that has no journal would never end.
  const access = createAccessJournal({
    ...{ folder, auditKey, lockFile, isDurable, start, onBroken, now },
    ship: ({ records }) => ship(records),
    chain: createChain(auditKey, start.chain, "access", start.mac),
  });
  try {
    const chains = await registerChains(db, mark, auditKey, starts);
    await note.begin(chain, access.shippedUntilMs);
    return { chains, access: refusing(access) };
  } catch (error) {
    access.discard();
    throw error;
  }
}

function recoverIn(
  { audit, fence }: AccessOptions,
  place: JournalPlace,
  auditKey: BeginAudit["auditKey"],
  { recordsAfter, ship }: Pick<JournalTarget, "recordsAfter" | "ship">,
): Promise<void> {
  return recoverLeft(place, auditKey, {
    listChains: () => fence.read(() => audit.listChains()),
    listCheckpoints: () => fence.read(() => audit.listCheckpoints()),
    recordsAfter: (...of) => fence.read(() => recordsAfter(...of)),
    ship,
  });
}
