import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_MLKEM768_X25519 } from "hpke";
import { Value } from "./value.ts";

const suiteName = "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM";
const label = new TextEncoder().encode("secret-svc/seal/v1");
const publicKeyBytes = 1216;
const maxValueBytes = 64 << 10;
const maxKeyBytes = 255;
const kidForm = /^[0-9a-f]{16}$/;
const tenantForm = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const keyForm = /^[A-Za-z0-9_.+=@/-]+$/;
const source = "'oo secret sealing-key' prints one";

/**
 * Made at its first use: it looks for ML-KEM, of which Node warns that it is new, and a program that only reads needs
 * none.
 */
let hpke: CipherSuite | undefined;

/** What a sealing key is made of. */
export interface SealingKeyFields {
  /** 16 hex digits. */
  readonly kid: string;
  /** 1,216 bytes. */
  readonly publicKey: Uint8Array;
  readonly tenant: string;
  readonly suite: string;
}

/**
 * Seals values that only the service can open, and only as one key of one tenant: they are safe in git. It is public,
 * and needs neither the service nor a token, but a WebCrypto that has ML-KEM, such as that of Node 24.7.
 */
export class SealingKey {
  readonly kid: string;
  readonly tenant: string;
  readonly #publicKey: Uint8Array<ArrayBuffer>;

  /** @throws TypeError when it is not a sealing key. */
  constructor({ kid, publicKey, tenant, suite }: SealingKeyFields) {
    if (suite !== suiteName) throw new TypeError(`the sealing key is for another suite than ${suiteName}`);
    if (!kidForm.test(kid)) throw new TypeError("the kid of the sealing key is not 16 hex digits");
    if (!tenantForm.test(tenant)) {
      throw new TypeError("the tenant of the sealing key is not a-z and 0-9, in groups joined by single '-'");
    }
    if (publicKey.length !== publicKeyBytes) {
      throw new TypeError(`the public key of the sealing key is not ${publicKeyBytes} bytes`);
    }
    this.kid = kid;
    this.tenant = tenant;
    this.#publicKey = new Uint8Array(publicKey);
  }

  /** Takes the text of the file that `oo secret sealing-key` prints. Throws TypeError when it is not one. */
  static parse(text: string): SealingKey {
    const fields = parseFields(text);
    if (fields === undefined) throw new TypeError(`this is not a sealing key with a tenant: ${source}`);
    return new SealingKey(fields);
  }

  /**
   * Seals a value, 1 byte to 64 KiB, text or bytes, that can then be saved (with `encrypted`) as `key` and as nothing
   * else. Two seals of one value differ; the length of the value is visible. Throws TypeError for a key or value that
   * breaks a rule, and Error where WebCrypto has no ML-KEM.
   */
  async seal(key: string, value: string | Uint8Array | Value): Promise<string> {
    if (!keyForm.test(key) || key.length > maxKeyBytes) {
      throw new TypeError(`a key has 1 to ${maxKeyBytes} characters of A-Z a-z 0-9 _ . + = @ - and /`);
    }
    const content = value instanceof Value ? value : new Value(value);
    const plaintext = content.revealBytes();
    if (plaintext.length === 0 || plaintext.length > maxValueBytes) {
      throw new TypeError(`a value has 1 to ${maxValueBytes} bytes, and this one has ${plaintext.length}`);
    }
    const header = encodeHeader([content.isBytes ? "key-bytes" : "key", this.tenant, key]);
    const info = concatenate([label, bytesOfHex(this.kid), header]);
    const { encapsulatedSecret, ciphertext } = await encrypt(this.#publicKey, plaintext, info);
    return `seal.v1.${this.kid}.${base64Url(header)}.${base64Url(concatenate([encapsulatedSecret, ciphertext]))}`;
  }
}

/** @throws Error when the runtime has no ML-KEM. */
async function encrypt(publicKey: Uint8Array, plaintext: Uint8Array, info: Uint8Array) {
  hpke ??= new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
  try {
    return await hpke.Seal(await hpke.DeserializePublicKey(publicKey), plaintext, { info });
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    const { process } = globalThis as { process?: { version?: string } };
    const found = process?.version === undefined ? "this browser does not have it" : `this is Node ${process.version}`;
    throw new Error(`sealing needs a WebCrypto with ML-KEM, such as that of Node 24.7 or newer; ${found}`, {
      cause: error,
    });
  }
}

function isUnsupported(error: unknown): boolean {
  return error instanceof Error && (error.name === "NotSupportedError" || isUnsupported(error.cause));
}

function parseFields(text: string): SealingKeyFields | undefined {
  try {
    const { kid, publicKey, tenant, suite }: Record<string, unknown> = JSON.parse(text);
    if (typeof publicKey !== "string" || typeof tenant !== "string") return undefined;
    const bytes = Uint8Array.from(atob(publicKey), (character) => character.charCodeAt(0));
    return { kid: String(kid), publicKey: bytes, tenant, suite: String(suite) };
  } catch {
    return undefined;
  }
}

/** Each field after its length in four bytes, so that no two places have the same bytes. */
function encodeHeader(fields: readonly string[]): Uint8Array<ArrayBuffer> {
  const parts = fields.flatMap((field) => {
    const bytes = new TextEncoder().encode(field);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    return [length, bytes];
  });
  return concatenate(parts);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function base64Url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
