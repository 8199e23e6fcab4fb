import { isDeepStrictEqual } from "node:util";
import { BackupFileError } from "../crypto/backup-stream.ts";
import { type BackupCounts, type BackupRecord, createCounter } from "./content.ts";

/**
 * Compares a backup with the store that it was restored into. `isExtra` says which records the store has in addition to
 * the backup. Throws `BackupFileError`, which names the first difference.
 */
export async function compareRecords(
  backup: AsyncIterable<BackupRecord>,
  restored: AsyncIterable<BackupRecord>,
  isExtra: (record: BackupRecord) => boolean,
): Promise<BackupCounts> {
  const found = withoutFrame(restored, isExtra);
  const counter = createCounter();
  for await (const record of withoutFrame(backup, () => false)) {
    const { value: other } = await found.next();
    if (!isDeepStrictEqual(other, record)) throw new BackupFileError(`cannot be restored: ${describe(record)} differs`);
    counter.add(record);
  }
  const { value: more } = await found.next();
  if (more !== undefined) throw new BackupFileError(`cannot be restored: ${describe(more)} is not in it`);
  return counter.counts();
}

async function* withoutFrame(
  records: AsyncIterable<BackupRecord>,
  isExtra: (record: BackupRecord) => boolean,
): AsyncGenerator<BackupRecord, undefined> {
  for await (const record of records) {
    if (record.kind !== "backup" && record.kind !== "end" && !isExtra(record)) yield record;
  }
}

function describe(record: BackupRecord): string {
  switch (record.kind) {
    case "sealing-key":
      return `the sealing key ${record.kid}`;
    case "user":
      return `the user ${record.user.slug} of the tenant ${record.user.tenant}`;
    case "permit":
      return `the permits of ${record.permit.name} of the tenant ${record.permit.tenant}`;
    case "token":
      return `the token ${record.token.id} of the tenant ${record.token.tenant}`;
    case "quotas":
      return `the quotas of the tenant ${record.tenant}`;
    case "secret":
      return `the secret ${record.versions[0]?.key} of the tenant ${record.versions[0]?.tenant}`;
    default:
      return `a record of the kind ${record.kind}`;
  }
}
