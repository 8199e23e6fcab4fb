import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journalFolder } from "../../../src/audit/journal-files.ts";
import type { JournalOptions } from "../../../src/store/access-journals.ts";
import { lockFile } from "../../../src/store/sqlite/file-lock.ts";

/** Options of a journal in a data directory of its own. */
export interface TemporaryJournal extends JournalOptions {
  remove(): void;
}

export function aJournal({ isDurable = false } = {}): TemporaryJournal {
  const dataDir = mkdtempSync(join(tmpdir(), "journal-"));
  const remove = () => rmSync(dataDir, { recursive: true, force: true });
  return { folder: journalFolder(dataDir), lockFile, isDurable, remove };
}
