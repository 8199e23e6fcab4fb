import { createSecretKey } from "node:crypto";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AccessJournal,
  type AccessJournalOptions,
  createAccessJournal,
  type ShippedBatch,
} from "../../../src/audit/access-journal.ts";
import { createChain } from "../../../src/audit/chain.ts";
import { createChainStarts } from "../../../src/audit/chain-start.ts";
import { journaledChain } from "../../../src/audit/journal-end.ts";
import { JournalDiffersError } from "../../../src/audit/journal-error.ts";
import type { ChainedRecord } from "../../../src/audit/record.ts";
import { type JournalTarget, recoverJournals } from "../../../src/audit/recover-journals.ts";
import { type AuditProblem, createAuditVerifier, type RegisteredChain } from "../../../src/audit/verifier.ts";
import { lockFile } from "../../../src/store/sqlite/file-lock.ts";

export const auditKey = createSecretKey(Buffer.alloc(32, 5));

/** The records that a database has, in memory. */
export interface RecordTable extends JournalTarget {
  readonly chains: RegisteredChain[];
  readonly rows: Map<string, ChainedRecord>;
  /** What becomes of batches: an error that is thrown, or nothing. */
  failure: Error | undefined;
  problems(running?: readonly string[]): readonly AuditProblem[];
}

export function aTable(): RecordTable {
  const chains: RegisteredChain[] = [];
  const rows = new Map<string, ChainedRecord>();
  const nameOf = ({ chain, position }: Pick<ChainedRecord, "chain" | "position">) => `${chain} ${position}`;
  const sorted = () => [...rows.values()].sort((a, b) => a.position - b.position);
  const table: RecordTable = {
    chains,
    rows,
    failure: undefined,
    listChains: async () => chains,
    listCheckpoints: async () => [],
    recordsAfter: async (chain, after) => sorted().filter((row) => row.chain === chain && row.position > after),
    async ship(records) {
      if (table.failure !== undefined) throw table.failure;
      for (const record of records) {
        const there = rows.get(nameOf(record));
        if (there !== undefined && Buffer.compare(there.mac, record.mac) !== 0)
          throw new JournalDiffersError(record.chain);
        rows.set(nameOf(record), record);
      }
    },
    problems(running = []) {
      const isRunning = (process: string) => running.includes(process);
      const verifier = createAuditVerifier({ auditKey, chains, checkpoints: [], isRunning });
      verifier.check("access", sorted());
      return verifier.finish().problems;
    },
  };
  return table;
}

export interface JournalFixture {
  readonly folder: string;
  readonly table: RecordTable;
  open(process: string, options?: Partial<AccessJournalOptions>): AccessJournal;
  recover(): ReturnType<typeof recoverJournals>;
  /** Names of the files with records. */
  segments(): readonly string[];
}

/** Journals in a folder of their own. */
export function journalsIn(folder = join(mkdtempSync(join(tmpdir(), "journal-")), "access-journal")): JournalFixture {
  const table = aTable();
  const now = () => 50_000;
  return {
    folder,
    table,
    open(process, options = {}) {
      const { access } = createChainStarts(auditKey, process, 1_000, journaledChain(process, "host-1"));
      const chain = createChain(auditKey, access.chain, "access", access.mac);
      const ship = ({ records }: ShippedBatch) => table.ship(records);
      const base = { folder, auditKey, chain, start: access, lockFile, isDurable: false, ship, now };
      const journal = createAccessJournal({ ...base, ...options });
      table.chains.push(access);
      return journal;
    },
    recover: () => recoverJournals({ folder, auditKey, lockFile, target: table, now }),
    segments: () => readdirSync(folder).filter((name) => name.endsWith(".segment")),
  };
}
