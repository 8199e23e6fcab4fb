import { journalFolder } from "../audit/journal-files.ts";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { isFolderInMemory } from "../files/in-memory.ts";
import type { FolderInMemory } from "../secrets/security-facts.ts";

type Places = Pick<Config, "mongoUri" | "dataDir" | "accessJournal">;

/** The folder of this service that a restart of the machine empties, with what is lost then. */
export function findInMemory({ mongoUri, dataDir, accessJournal }: Places): FolderInMemory | undefined {
  if (mongoUri === undefined && isFolderInMemory(dataDir)) return { folder: dataDir, holds: "everything" };
  if (accessJournal === undefined) return undefined;
  const folder = journalFolder(dataDir);
  // It is made at the first start.
  return (isFolderInMemory(folder) ?? isFolderInMemory(dataDir)) ? { folder, holds: "journal" } : undefined;
}

/** Throws `ConfigError` when a record has to survive a loss of power, and its place does not. */
export function requireLastingJournal(places: Places): void {
  const found = findInMemory(places);
  if (found === undefined || places.accessJournal !== "disk") return;
  throw new ConfigError(
    `SECRET_SVC_AUDIT_SYNC is disk, and ${found.folder} is in memory: a record there does not survive a loss of power; set ` +
      "SECRET_SVC_DATA_DIR to a folder on a disk, or SECRET_SVC_AUDIT_SYNC to process or full",
  );
}

/** What is lost, and when. */
export function describeInMemory({ folder, holds }: FolderInMemory): string {
  const lost =
    holds === "everything" ? "everything in it" : "what is in it of the audit log and not in the database yet";
  return `${folder} is in memory: ${lost} is lost when the machine restarts or its pod is deleted`;
}
