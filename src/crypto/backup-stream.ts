import type { BackupPrivateKey, BackupPublicKey } from "./backup-key.ts";
import { encapsulatedKeyBytes } from "./sealed-text.ts";
import { hpkeSuite } from "./sealed-value.ts";

/** A file that is not a backup, is damaged, or is for another key. The message follows the name of the file. */
export class BackupFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BackupFileError";
  }
}

/** Plaintext bytes in each part except the last. */
export const backupPartBytes = 256 * 1024;

const tagBytes = 16;
const label = "secret-svc/backup/v1";
const firstLineForm = /^secret-svc backup v1 ([0-9a-f]{16})$/;
const firstLineBytes = "secret-svc backup v1 ".length + 16 + 1;

/** Associated data of a part: whether another part follows. */
const inside = Uint8Array.of(0);
const last = Uint8Array.of(1);

const damaged = "is damaged: it was cut off or changed after it was made, or another program made it";

/**
 * Encrypts a backup: a line of text that names the key, an encapsulated key, and the content in parts, each with a tag.
 * HPKE counts the parts, so that none can be left out, repeated or moved. The last one is marked, so that nothing can
 * be cut off or added. The size of the content is visible.
 */
export async function* encryptBackup(
  key: BackupPublicKey,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const firstLine = Buffer.from(`secret-svc backup v1 ${key.kid}\n`);
  const { encapsulatedSecret, ctx } = await hpkeSuite.SetupSender(key.publicKey, { info: infoOf(firstLine) });
  yield firstLine;
  yield encapsulatedSecret;
  for await (const { bytes, isLast } of partsOf(content, backupPartBytes)) {
    yield await ctx.Seal(bytes, isLast ? last : inside);
  }
}

/**
 * Decrypts what `encryptBackup` made, part by part. Each part is authentic, but only the end shows that nothing is
 * missing. Throws BackupFileError.
 */
export async function* decryptBackup(
  key: BackupPrivateKey,
  file: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const reader = createByteReader(file);
  const firstLine = await reader.read(firstLineBytes);
  const text = Buffer.from(firstLine).toString("latin1").trimEnd();
  const kid = firstLineForm.exec(text)?.[1];
  if (kid === undefined) throw otherFile(text);
  if (kid !== key.kid) {
    throw new BackupFileError(`is encrypted for the backup key ${kid}; the one given is ${key.kid}`);
  }
  const encapsulated = await reader.read(encapsulatedKeyBytes);
  if (encapsulated.length !== encapsulatedKeyBytes) throw new BackupFileError(damaged);
  const ctx = await hpkeSuite
    .SetupRecipient(key.privateKey, encapsulated, { info: infoOf(firstLine) })
    .catch(() => undefined);
  if (ctx === undefined) throw new BackupFileError(damaged);
  for await (const { bytes, isLast } of partsOf(reader.rest(), backupPartBytes + tagBytes)) {
    const plaintext = await ctx.Open(bytes, isLast ? last : inside).catch(() => undefined);
    if (plaintext === undefined) throw new BackupFileError(damaged);
    yield plaintext;
  }
}

/** A first line of another version of the format, which may be longer or shorter. */
const otherVersion = /^secret-svc backup v(\d{1,6})(?: |$)/;

function otherFile(firstLine: string): BackupFileError {
  const version = otherVersion.exec(firstLine)?.[1];
  if (version === undefined) return new BackupFileError("is not a backup of this service");
  return newerBackup(`is a backup in the file format ${version}; this program reads 1`);
}

/** The error for a backup that this program is too old for. */
export function newerBackup(message: string): BackupFileError {
  return new BackupFileError(
    `${message}: a newer version of secret-svc made it; restore it with that version or a newer one (docs/upgrading.md)`,
  );
}

function infoOf(firstLine: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from(label), firstLine]));
}

/** Splits a source into parts of one size. The last part may be shorter; an empty source gives one empty part. */
async function* partsOf(source: AsyncIterable<Uint8Array>, partBytes: number) {
  const reader = createByteReader(source);
  let bytes = await reader.read(partBytes);
  for (;;) {
    const next = bytes.length < partBytes ? new Uint8Array(0) : await reader.read(partBytes);
    const isLast = next.length === 0;
    yield { bytes, isLast };
    if (isLast) return;
    bytes = next;
  }
}

interface ByteReader {
  /** Returns `length` bytes in a new array; fewer only at the end of the source. */
  read(length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The bytes that have not been read yet. */
  rest(): AsyncIterable<Uint8Array>;
}

function createByteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]();
  let piece: Uint8Array = new Uint8Array(0);

  /** Returns false at the end of the source. */
  async function fill(): Promise<boolean> {
    while (piece.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return false;
      piece = next.value;
    }
    return true;
  }

  return {
    async read(length) {
      const out = new Uint8Array(length);
      let at = 0;
      while (at < length && (await fill())) {
        const taken = piece.subarray(0, length - at);
        out.set(taken, at);
        piece = piece.subarray(taken.length);
        at += taken.length;
      }
      return at === length ? out : out.slice(0, at);
    },
    async *rest() {
      while (await fill()) {
        const taken = piece;
        piece = new Uint8Array(0);
        yield taken;
      }
    },
  };
}
