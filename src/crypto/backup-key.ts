import { createHash } from "node:crypto";
import type { Key } from "hpke";
import { kidBytes } from "./keyring.ts";
import { hpkeSuite, sealingPublicKeyBytes, sealingSeedBytes } from "./sealed-value.ts";

/** The key that encrypts backups. It cannot decrypt them. */
export interface BackupPublicKey {
  /** Identifies the pair: 16 hex digits. */
  readonly kid: string;
  readonly publicKey: Key;
}

/** The key that decrypts backups. It is stored away from the service, which does not need it. */
export interface BackupPrivateKey {
  readonly kid: string;
  /** Cannot be exported. Printing it shows only its type. */
  readonly privateKey: Key;
}

/** A backup key that cannot be used. The message follows the name of the file, and quotes nothing from the file. */
export class BackupKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BackupKeyError";
  }
}

const publicPrefix = "backup-public.v1.";
const privatePrefix = "backup-private.v1.";
const kidForm = /^[0-9a-f]{16}$/;

/** Makes a pair of keys, each as one line of text: `backup-public.v1.<kid>.<base64url>` and `backup-private.v1.…`. */
export async function createBackupKeys(): Promise<{ readonly publicText: string; readonly privateText: string }> {
  const pair = await hpkeSuite.GenerateKeyPair(true);
  const publicKey = await hpkeSuite.SerializePublicKey(pair.publicKey);
  const seed = await hpkeSuite.SerializePrivateKey(pair.privateKey);
  const kid = kidOf(publicKey);
  return {
    publicText: `${publicPrefix}${kid}.${base64Url(publicKey)}`,
    privateText: `${privatePrefix}${kid}.${base64Url(seed)}`,
  };
}

/** Reads a public key. Throws BackupKeyError. */
export async function readBackupPublicKey(text: string): Promise<BackupPublicKey> {
  if (text.startsWith(privatePrefix)) {
    throw new BackupKeyError("holds the private key, which is for restoring only and should not be on this machine");
  }
  const { kid, bytes } = takeApart(text, publicPrefix, sealingPublicKeyBytes, "public");
  if (kid !== kidOf(bytes)) throw new BackupKeyError("holds a damaged public key");
  try {
    return { kid, publicKey: await hpkeSuite.DeserializePublicKey(bytes) };
  } catch {
    throw new BackupKeyError("holds a damaged public key");
  }
}

/** Reads a private key. Throws BackupKeyError. */
export async function readBackupPrivateKey(text: string): Promise<BackupPrivateKey> {
  if (text.startsWith(publicPrefix)) {
    throw new BackupKeyError("holds the public key, which cannot decrypt a backup; the private key is needed");
  }
  const { kid, bytes } = takeApart(text, privatePrefix, sealingSeedBytes, "private");
  return { kid, privateKey: await hpkeSuite.DeserializePrivateKey(bytes, false) };
}

function takeApart(text: string, prefix: string, length: number, name: string) {
  const [kid = "", body = "", ...more] = text.slice(prefix.length).split(".");
  const bytes = new Uint8Array(Buffer.from(body, "base64url"));
  const isWhole = more.length === 0 && bytes.length === length && base64Url(bytes) === body;
  if (!text.startsWith(prefix) || !kidForm.test(kid) || !isWhole) {
    throw new BackupKeyError(`does not hold a ${name} backup key; 'secret-svc backup-key FILE' makes a pair`);
  }
  return { kid, bytes };
}

function kidOf(publicKey: Uint8Array): string {
  return createHash("sha256").update(publicKey).digest().toString("hex", 0, kidBytes);
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
