import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { openAgain, storeContract } from "../suites/store/contract.ts";
import { aJournal } from "../support/store/a-journal.ts";

for (const auditSync of ["process", "disk"] as const) {
  storeContract(`sqlite with a journal of access, ${auditSync}`, async () => {
    const directory = mkdtempSync(join(tmpdir(), "sqlite-journal-"));
    const journal = aJournal({ isDurable: auditSync === "disk" });
    return openAgain(
      () => openSqliteStore({ directory, auditSync, journal }),
      async () => {
        journal.remove();
        rmSync(directory, { recursive: true });
      },
    );
  });
}
