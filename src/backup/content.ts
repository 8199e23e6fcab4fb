import { BackupFileError, newerBackup } from "../crypto/backup-stream.ts";
import type { TokenFields, UserFields } from "../identity/rows.ts";
import type { PermitFields } from "../rules/permit-row.ts";
import type { SecretFields } from "../secrets/document.ts";

/**
 * The layout of the backups that this program writes. 2 added the quotas of tenants, 3 users of issuers, 4 passkeys, 5
 * permits, 6 values that are bytes.
 */
export const backupFormat = 6;

/** Every layout that this program reads. */
const knownFormats: readonly number[] = [1, 2, 3, 4, 5, backupFormat];

/** A version of a secret, decrypted. */
export interface BackupVersion extends SecretFields {
  readonly value?: string;
  /** In place of `value`: a value that is bytes, as base64. */
  readonly valueBytes?: string;
  /** SHA-256 of the sealed text in which the value was last saved, as base64. */
  readonly sealedDigest?: string;
}

/**
 * The records of a backup, in this order: one `backup`, then sealing keys, users, tokens, permits, quotas, secrets, and
 * one `end`, which shows that the backup is complete. Bytes are base64.
 */
export type BackupRecord =
  | {
      readonly kind: "backup";
      readonly format: number;
      readonly createdAtMs: number;
      /** Where the audit log ended, signed by the service that was backed up; "" when its log does not verify. */
      readonly auditHead: string;
    }
  /** `seed` is the private key; empty for a key that was destroyed. */
  | { readonly kind: "sealing-key"; readonly kid: string; readonly seed: string; readonly createdAtMs: number }
  /** With passkeys, but without an invitation: it is for a day, and could be used again after a restore. */
  | { readonly kind: "user"; readonly user: UserFields }
  /** Only the hash of a token is known. Sessions are not in a backup: after a restore everyone logs in again. */
  | { readonly kind: "token"; readonly token: Omit<TokenFields, "hash" | "session"> & { readonly hash: string } }
  | { readonly kind: "permit"; readonly permit: PermitFields }
  /** The limits that an operator set for a tenant, as text. */
  | { readonly kind: "quotas"; readonly tenant: string; readonly limits: string }
  /** The retained versions, the current one last. */
  | { readonly kind: "secret"; readonly versions: readonly BackupVersion[] }
  | { readonly kind: "end"; readonly counts: BackupCounts };

export interface BackupCounts {
  readonly sealingKeys: number;
  readonly users: number;
  readonly tokens: number;
  readonly secrets: number;
  readonly versions: number;
  /** Absent when there are none: backups of format 1 do not have it. */
  readonly quotas?: number;
  /** Absent when there are none: backups before format 5 do not have it. */
  readonly permits?: number;
}

/** Counts the records that are added. */
export function createCounter(): { add(record: BackupRecord): void; counts(): BackupCounts } {
  let [sealingKeys, users, tokens, permits, secrets, versions, quotas] = [0, 0, 0, 0, 0, 0, 0];
  return {
    add(record) {
      if (record.kind === "sealing-key") sealingKeys += 1;
      if (record.kind === "user") users += 1;
      if (record.kind === "token") tokens += 1;
      if (record.kind === "permit") permits += 1;
      if (record.kind === "quotas") quotas += 1;
      if (record.kind !== "secret") return;
      secrets += 1;
      versions += record.versions.length;
    },
    counts: () => ({
      ...{ sealingKeys, users, tokens, secrets, versions },
      ...(quotas === 0 ? {} : { quotas }),
      ...(permits === 0 ? {} : { permits }),
    }),
  };
}

/** Writes each record as a line of JSON. */
export async function* encodeRecords(records: AsyncIterable<BackupRecord>): AsyncGenerator<Uint8Array, void> {
  for await (const record of records) yield Buffer.from(`${JSON.stringify(record)}\n`);
}

/** Reads what `encodeRecords` wrote. Throws `BackupFileError`; at the end also when records are missing. */
export async function* decodeRecords(content: AsyncIterable<Uint8Array>): AsyncGenerator<BackupRecord, void> {
  const counter = createCounter();
  let isFirst = true;
  let end: BackupCounts | undefined;
  for await (const line of linesOf(content)) {
    const record = parse(line);
    if (end !== undefined) throw new BackupFileError("continues after its end");
    if (isFirst !== (record.kind === "backup")) throw new BackupFileError("does not begin like a backup");
    if (record.kind === "backup" && !knownFormats.includes(record.format)) {
      throw newerBackup(`has the content format ${record.format}; this program reads 1 to ${backupFormat}`);
    }
    if (!kinds.has(record.kind)) {
      throw newerBackup(`holds records of a kind '${printable(record.kind)}', which this program does not know`);
    }
    if (record.kind === "end") end = record.counts;
    isFirst = false;
    counter.add(record);
    yield record;
  }
  if (end === undefined) throw new BackupFileError("has no end");
  if (JSON.stringify(end) !== JSON.stringify(counter.counts()))
    throw new BackupFileError("does not hold as many records as its end says");
}

const kinds: ReadonlySet<unknown> = new Set([
  "backup",
  "sealing-key",
  "user",
  "token",
  "permit",
  "quotas",
  "secret",
  "end",
]);

function printable(kind: unknown): string {
  return typeof kind === "string" && /^[a-z-]{1,30}$/.test(kind) ? kind : "?";
}

function parse(line: string): BackupRecord {
  const record = parseJson(line);
  if (typeof record === "object" && record !== null && "kind" in record) return record as BackupRecord;
  throw new BackupFileError("holds something that is not a record");
}

/** Undefined for what is not JSON. The parser's message would quote the record. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function* linesOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const pieces: Uint8Array[] = [];
  for await (const bytes of content) {
    let from = 0;
    for (let to = bytes.indexOf(lineBreak); to !== -1; to = bytes.indexOf(lineBreak, from)) {
      yield Buffer.concat([...pieces.splice(0), bytes.subarray(from, to)]).toString();
      from = to + 1;
    }
    pieces.push(bytes.subarray(from));
  }
  if (pieces.some(({ length }) => length > 0)) throw new BackupFileError("ends in the middle of a record");
}

const lineBreak = 0x0a;
