import { isUtf8 } from "node:buffer";
import type { KeyObject } from "node:crypto";
import { limits } from "../limits.ts";
import { openCbc } from "./aead.ts";

const blockBytes = 16;
const bytesMax = blockBytes + limits.valueBytes + blockBytes;
const textCharsMax = Math.ceil(bytesMax / 3) * 4;
const base64Form = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The bytes of a value that an old installation encrypted: base64 of IV ‖ AES-256-CBC with PKCS #7 padding. Undefined
 * for text that cannot be such a value. The format has no marker, so random bytes of the right length look the same.
 */
export function parseLegacyValue(text: string): Buffer | undefined {
  if (text.length > textCharsMax || !base64Form.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64");
  const isWhole = bytes.length >= 2 * blockBytes && bytes.length % blockBytes === 0;
  return isWhole && bytes.toString("base64") === text ? bytes : undefined;
}

/**
 * Decrypts what `parseLegacyValue` returned. Undefined when it is not a value: wrong padding, empty, not UTF-8, or too
 * long. The format authenticates nothing, so a wrong key or changed bytes may still give some text (for a short value
 * and a wrong key about once in a million times). Only a checksum of the plaintext detects that.
 */
export function openLegacyValue(key: KeyObject, bytes: Uint8Array): string | undefined {
  const plaintext = openCbc(key, bytes.subarray(0, blockBytes), bytes.subarray(blockBytes));
  if (plaintext === undefined || plaintext.length === 0 || !isUtf8(plaintext)) return undefined;
  return plaintext.length <= limits.valueBytes ? plaintext.toString("utf8") : undefined;
}
