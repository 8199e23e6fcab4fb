import type { DatabaseSync } from "node:sqlite";
import { JournalDiffersError } from "../../audit/journal-error.ts";
import { encodeFrames } from "../../audit/journal-segment.ts";
import { type ChainedRecord, encodeAuditRecord } from "../../audit/record.ts";
import type { JournalTarget } from "../../audit/recover-journals.ts";
import { count } from "./column.ts";
import { guarded } from "./failure.ts";
import { type AuditReader, recordColumns } from "./read-audit.ts";
import { toChainedRecord } from "./row.ts";
import { shippedUpTo } from "./shipped-records.ts";
import type { Writer } from "./writer.ts";

/** Stores records that are in a journal. */
export interface AccessShipper {
  /**
   * Resolves when the file has the records of a chain in these frames, also when it had them before. If `isDurable`,
   * they are on the disk, with all that were shipped before.
   */
  ship(chain: string, frames: readonly Buffer[], isDurable: boolean): Promise<void>;
  /** For a journal that an earlier process left: does not trust that what the file has are the same records. */
  readonly target: JournalTarget;
}

/** `accessDb` is a connection for reading. */
export function createAccessShipper(
  access: Writer,
  accessDb: DatabaseSync,
  audit: Pick<AuditReader, "listChains" | "listCheckpoints">,
): AccessShipper {
  const newestFirst = accessDb.prepare(`SELECT ${recordColumns} FROM audit WHERE chain = ? ORDER BY rowid DESC`);

  async function ship(chain: string, frames: readonly Buffer[], isDurable: boolean): Promise<void> {
    const length = frames.reduce((sum, each) => sum + each.length, 0);
    const all = new Uint8Array(length);
    let at = 0;
    for (const each of frames) {
      all.set(each, at);
      at += each.length;
    }
    await access.request("ship", { chain, frames: all, isDurable });
  }

  /** Those up to here may have been dropped. */
  function droppedTo(chain: string): number {
    const checkpoint = audit.listCheckpoints().find((each) => each.sink === "access" && each.chain === chain);
    return checkpoint?.position ?? 0;
  }

  /**
   * Goes back from the end of the file, where the records of the last process are. A chain has no index; reading all
   * of the file would take seconds for each million of its records.
   */
  function recordsAfter(chain: string, position: number): readonly ChainedRecord[] {
    const from = Math.max(position, droppedTo(chain));
    if ((shippedUpTo(accessDb, chain) ?? Number.POSITIVE_INFINITY) <= from) return [];
    const found: ChainedRecord[] = [];
    for (const row of newestFirst.iterate(chain)) {
      const record = toChainedRecord(row);
      if (record.position > from) found.push(record);
      if (record.position <= from + 1) break;
    }
    return found.reverse();
  }

  /** A file of a journal that was put back may be older than what was noted last. */
  async function notedUpTo(chain: string): Promise<number> {
    const noted = shippedUpTo(accessDb, chain);
    if (noted !== undefined) return noted;
    const row = newestFirst.get(chain);
    const position = row === undefined ? droppedTo(chain) : count(row.position);
    await access.request("begin-journal", { chain, position });
    return position;
  }

  /** Whether the file has these records, unless they were dropped. */
  function hasAll(chain: string, records: readonly ChainedRecord[]): boolean {
    const before = (records[0]?.position ?? 1) - 1;
    const stored = new Map(recordsAfter(chain, before).map(({ position, mac }) => [position, mac]));
    const dropped = droppedTo(chain);
    return records.every(({ position, mac }) => {
      const there = stored.get(position);
      return position <= dropped || (there !== undefined && Buffer.compare(there, mac) === 0);
    });
  }

  return {
    ship,
    target: {
      listChains: async () => audit.listChains(),
      listCheckpoints: async () => audit.listCheckpoints(),
      recordsAfter: async (chain, position) => guarded(unreadable, () => recordsAfter(chain, position)),
      async ship(records) {
        const [first] = records;
        if (first === undefined) return;
        const noted = await notedUpTo(first.chain);
        const repeated = records.filter(({ position }) => position <= noted);
        if (!guarded(unreadable, () => hasAll(first.chain, repeated))) throw new JournalDiffersError(first.chain);
        const rest = records.slice(repeated.length);
        const encoded = rest.map((record) => encodeAuditRecord(record.chain, record.position, record));
        if (rest.length > 0) await ship(first.chain, [encodeFrames(rest, encoded)], true);
      },
    },
  };
}

const unreadable = "the store could not be read";
