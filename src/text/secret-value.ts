import { isUtf8 } from "node:buffer";
import { timingSafeEqual } from "node:crypto";

/**
 * The value of a secret: text, or bytes that need not be text. The same bytes as text and as bytes are different
 * values.
 */
export type SecretValue = string | Uint8Array;

/** A value as a message has it: at most one of the two is there. */
export interface ValueFields {
  readonly value: string | undefined;
  readonly valueBytes: Uint8Array | undefined;
}

export function valueFields(value: SecretValue | undefined): ValueFields {
  return typeof value === "string" ? { value, valueBytes: undefined } : { value: undefined, valueBytes: value };
}

/** Whether bytes from elsewhere are a text: UTF-8 without NUL, which environments and most formats can carry. */
export function isText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

/** The bytes of a value; text is UTF-8. */
export function bytesOf(value: SecretValue): Uint8Array {
  return typeof value === "string" ? Buffer.from(value) : value;
}

/** Whether two values are equal, in a time that does not depend on where they differ. */
export function sameValue(a: SecretValue, b: SecretValue): boolean {
  if (typeof a !== typeof b) return false;
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** For places that can only have text: bytes are in base64. */
export function textOf(value: SecretValue): string {
  return typeof value === "string" ? value : Buffer.from(value).toString("base64");
}
