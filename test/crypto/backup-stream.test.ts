import { randomBytes } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import {
  type BackupPrivateKey,
  type BackupPublicKey,
  createBackupKeys,
  readBackupPrivateKey,
  readBackupPublicKey,
} from "../../src/crypto/backup-key.ts";
import { BackupFileError, backupPartBytes, decryptBackup, encryptBackup } from "../../src/crypto/backup-stream.ts";

const headBytes = "secret-svc backup v1 0123456789abcdef\n".length + 1120;
const sealedPartBytes = backupPartBytes + 16;

let texts: Awaited<ReturnType<typeof createBackupKeys>>;
let publicKey: BackupPublicKey;
let privateKey: BackupPrivateKey;

beforeAll(async () => {
  texts = await createBackupKeys();
  publicKey = await readBackupPublicKey(texts.publicText);
  privateKey = await readBackupPrivateKey(texts.privateText);
});

async function* pieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const found: Uint8Array[] = [];
  for await (const piece of source) found.push(piece);
  return Buffer.concat(found);
}

const encrypt = (content: Uint8Array) => collect(encryptBackup(publicKey, pieces(content, 100_000)));
const decrypt = (file: Uint8Array, key = privateKey) => collect(decryptBackup(key, pieces(file, 70_001)));

test.each([0, 1, backupPartBytes - 1, backupPartBytes, backupPartBytes + 1, 3 * backupPartBytes])(
  "%i bytes come back",
  async (size) => {
    const content = randomBytes(size);
    expect((await decrypt(await encrypt(content))).equals(content)).toBe(true);
  },
);

test("a file says in its first line what it is and which key it is for", async () => {
  expect((await encrypt(randomBytes(9))).toString("latin1", 0, 38)).toBe(`secret-svc backup v1 ${privateKey.kid}\n`);
});

test("fault B12: a backup in a newer format is named as one, with advice; another file is not", async () => {
  const file = await encrypt(randomBytes(9));
  const rest = file.subarray("secret-svc backup v1".length);
  const withLine = (line: string) => Buffer.concat([Buffer.from(line), rest]);
  for (const version of [2, 17]) {
    await expect(decrypt(withLine(`secret-svc backup v${version}`))).rejects.toThrow(
      `is a backup in the file format ${version}; this program reads 1: a newer version of secret-svc made it; restore it with ` +
        "that version or a newer one (docs/upgrading.md)",
    );
  }
  await expect(decrypt(Buffer.from("secret-svc backup v2 a-longer-first-line-than-today ...\n"))).rejects.toThrow(
    "is a backup in the file format 2",
  );
  for (const line of ["secret-svc backup vX", "secret-svc backup v", "secret-svc backup v2x", "another program v2"]) {
    await expect(decrypt(withLine(line))).rejects.toThrow("is not a backup of this service");
  }
});

test("two backups of one content differ in everything but the first line", async () => {
  const content = randomBytes(50);
  const [a, b] = [await encrypt(content), await encrypt(content)];
  expect(a.subarray(headBytes).equals(b.subarray(headBytes))).toBe(false);
});

test("a file that is cut off anywhere is refused, also between two parts", async () => {
  const file = await encrypt(randomBytes(3 * backupPartBytes));
  const lengths = [0, 1, 37, 38, 500, headBytes, headBytes + 1, file.length - 1];
  for (const parts of [1, 2]) lengths.push(headBytes + parts * sealedPartBytes);
  for (const length of lengths) await expect(decrypt(file.subarray(0, length))).rejects.toThrow(BackupFileError);
});

test("parts that were swapped, repeated, left out or put in from another backup are refused", async () => {
  const content = randomBytes(4 * backupPartBytes);
  const [file, other] = [await encrypt(content), await encrypt(content)];
  const head = file.subarray(0, headBytes);
  const partOf = (from: Buffer, index: number) =>
    from.subarray(headBytes + index * sealedPartBytes, headBytes + (index + 1) * sealedPartBytes);
  const put = (...parts: Buffer[]) => Buffer.concat([head, ...parts]);
  const [a, b, c, d] = [partOf(file, 0), partOf(file, 1), partOf(file, 2), partOf(file, 3)];
  expect((await decrypt(put(a, b, c, d))).equals(content)).toBe(true);
  for (const wrong of [
    put(b, a, c, d),
    put(a, a, b, c, d),
    put(a, c, d),
    put(a, b, c, d, d),
    put(a, partOf(other, 1), c, d),
  ]) {
    await expect(decrypt(wrong)).rejects.toThrow("is damaged");
  }
});

test("a changed bit anywhere is refused", async () => {
  const file = await encrypt(randomBytes(1000));
  for (const at of [0, 25, 38, 38 + 1119, headBytes, file.length - 1]) {
    const changed = Buffer.from(file);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(decrypt(changed)).rejects.toThrow(BackupFileError);
  }
});

test("another key is refused by name, and by content when it has the same name", async () => {
  const file = await encrypt(randomBytes(10));
  const another = await readBackupPrivateKey((await createBackupKeys()).privateText);
  await expect(decrypt(file, another)).rejects.toThrow(
    `is encrypted for the backup key ${privateKey.kid}; the one given is ${another.kid}`,
  );
  await expect(decrypt(file, { ...another, kid: privateKey.kid })).rejects.toThrow("is damaged");
});

test("keys are refused without a word of what they hold", async () => {
  const { publicText, privateText } = texts;
  await expect(readBackupPublicKey(privateText)).rejects.toThrow("holds the private key");
  await expect(readBackupPrivateKey(publicText)).rejects.toThrow("holds the public key");
  const seed = privateText.split(".")[3] ?? "";
  for (const wrong of [
    "",
    seed,
    privateText.slice(0, -1),
    `${privateText}.`,
    privateText.replace(/[0-9a-f]{16}/, "no"),
  ]) {
    const error = await readBackupPrivateKey(wrong).catch((reason: unknown) => reason);
    expect(String(error)).toContain("does not hold a private backup key");
    expect(String(error)).not.toContain(seed.slice(0, 8));
  }
  const half = publicText.slice(0, 100);
  await expect(readBackupPublicKey(half)).rejects.toThrow("does not hold a public backup key");
  const changed = publicText.replace(/\.[^.]*$/, (body) =>
    `.B${body.slice(2)}`.replace(/^\.B/, body[1] === "B" ? ".C" : ".B"),
  );
  await expect(readBackupPublicKey(changed)).rejects.toThrow("damaged");
});
