import { webcrypto } from "node:crypto";

// The formats a second time, as docs/encryption-format.md describes them and with WebCrypto instead of what src/ uses.
// It makes the vectors: production code cannot be given a salt, so it cannot make the same envelope twice.

const { subtle } = webcrypto;
const empty = Buffer.alloc(0);

export async function hmacSha256(key: Uint8Array, message: Uint8Array): Promise<Buffer> {
  const imported = await subtle.importKey("raw", new Uint8Array(key), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return Buffer.from(await subtle.sign("HMAC", imported, new Uint8Array(message)));
}

export async function hkdfSha256(key: Uint8Array, salt: Uint8Array, info: Uint8Array, size: number): Promise<Buffer> {
  const imported = await subtle.importKey("raw", new Uint8Array(key), "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(salt), info: new Uint8Array(info) };
  return Buffer.from(await subtle.deriveBits(parameters, imported, size * 8));
}

export async function keyCheck(key: Uint8Array): Promise<Buffer> {
  return hmacSha256(key, Buffer.from("secret-svc/kid"));
}

export async function kidOf(key: Uint8Array): Promise<Buffer> {
  return (await keyCheck(key)).subarray(0, 8);
}

/** What an envelope is made of. What is left out is made as the format says; what is given makes a forgery. */
export interface EnvelopeParts {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly associatedData: Uint8Array;
  readonly version?: number;
  readonly kid?: Uint8Array;
  readonly commitment?: Uint8Array;
}

/** An envelope and every step on the way to it. */
export async function traceEnvelope(parts: EnvelopeParts) {
  const kid = Buffer.from(parts.kid ?? (await kidOf(parts.key)));
  const info = Buffer.concat([Buffer.from("secret-svc/rest/v1"), kid]);
  const derived = await hkdfSha256(parts.key, parts.salt, info, 76);
  const [aesKey, nonce] = [derived.subarray(0, 32), derived.subarray(32, 44)];
  const commitment = Buffer.from(parts.commitment ?? derived.subarray(44));
  const imported = await subtle.importKey("raw", new Uint8Array(aesKey), "AES-GCM", false, ["encrypt"]);
  const additionalData = new Uint8Array(parts.associatedData);
  const algorithm = { name: "AES-GCM", iv: new Uint8Array(nonce), additionalData, tagLength: 128 };
  const sealed = Buffer.from(await subtle.encrypt(algorithm, imported, new Uint8Array(parts.plaintext)));
  const envelope = Buffer.concat([Buffer.of(parts.version ?? 1), kid, parts.salt, commitment, sealed]);
  return { kid, info, aesKey, nonce, commitment, sealed, envelope };
}

export async function referenceEnvelope(parts: EnvelopeParts): Promise<Buffer> {
  return (await traceEnvelope(parts)).envelope;
}

export async function referenceRowMac(
  key: Uint8Array,
  kid: Uint8Array,
  label: string,
  fields: readonly Buffer[],
): Promise<Buffer> {
  const macKey = await hkdfSha256(key, empty, Buffer.concat([Buffer.from("secret-svc/row/v1"), kid]), 32);
  return hmacSha256(macKey, message(label, [text(Buffer.from(kid).toString("hex")), ...fields]));
}

/** The canonical encoding: the label, then fields that were encoded one by one. */
export function message(label: string, fields: readonly Buffer[]): Buffer {
  return Buffer.concat([text(label), ...fields]);
}

export function text(value: string): Buffer {
  return bytes(Buffer.from(value, "utf8"));
}

export function bytes(value: Uint8Array): Buffer {
  return Buffer.concat([size(value.length), value]);
}

export function count(value: number): Buffer {
  const encoded = Buffer.alloc(8);
  encoded.writeBigUInt64BE(BigInt(value));
  return bytes(encoded);
}

export function flag(value: boolean): Buffer {
  return bytes(Buffer.of(value ? 1 : 0));
}

export function list(entries: readonly string[]): Buffer {
  return Buffer.concat([size(entries.length), ...entries.map(text)]);
}

function size(length: number): Buffer {
  const encoded = Buffer.alloc(4);
  encoded.writeUInt32BE(length);
  return encoded;
}
