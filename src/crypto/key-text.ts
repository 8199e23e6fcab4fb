import { timingSafeEqual } from "node:crypto";
import { type KeyringKey, keyringKey, keyringKeyBytes } from "./keyring.ts";

/** How an encryption key was written. `characters` is for old installations: such keys are rarely random. */
export type KeyTextForm = "base64" | "hex" | "characters";

/** An encryption key that does not have an accepted form. The message describes its length and shape, never the key. */
export class KeyTextError extends Error {
  constructor(got: string) {
    super(
      "an encryption key must be 44 characters of base64 (32 bytes, as `openssl rand -base64 32` prints), " +
        `64 hex digits, or exactly 32 printable ASCII characters; got ${got}`,
    );
    this.name = "KeyTextError";
  }
}

const defaultKey = Buffer.from("changeMeToSomethingSecureForReal");
const defaultCheck = keyringKey(defaultKey).check;
const base64Form = /^[A-Za-z0-9+/]{43}=$/;
const hexForm = /^[0-9A-Fa-f]{64}$/;
const charactersForm = /^[\x20-\x7e]{32}$/;

/**
 * Reads an encryption key. Each form has its own length, so a key is never read in two ways. A line break at the end is
 * not part of a key: callers that read files remove it. Throws KeyTextError.
 */
export function parseKeyText(text: string): { key: Buffer; form: KeyTextForm } {
  if (base64Form.test(text)) {
    const key = Buffer.from(text, "base64");
    // The last digit has two unused bits. Node ignores them; other decoders refuse them.
    if (key.toString("base64") !== text) throw new KeyTextError("44 characters of base64 that is not canonical");
    return { key, form: "base64" };
  }
  if (hexForm.test(text)) return { key: Buffer.from(text, "hex"), form: "hex" };
  if (charactersForm.test(text)) return { key: Buffer.from(text, "latin1"), form: "characters" };
  throw new KeyTextError(describeShape(text));
}

/** Whether a key is the one that old installations started with. It is public knowledge. */
export function isDefaultKey(key: Uint8Array): boolean {
  return key.length === keyringKeyBytes && timingSafeEqual(key, defaultKey);
}

/** Of 32 random hex digits, about one key in ten thousand has fewer distinct bytes. 32 random bytes never do. */
const distinctBytesMin = 10;

/** Whether a key is easy to guess: the default key, a few bytes that repeat, or bytes that count up or down. */
export function isWeakKey(key: Uint8Array): boolean {
  if (isDefaultKey(key) || new Set(key).size < distinctBytesMin) return true;
  const isPeriodic = (period: number) => key.every((byte, at) => byte === key[at % period]);
  const steps = new Set(key.subarray(1).map((byte, at) => byte - (key[at] ?? 0)));
  return isPeriodic(10) || isPeriodic(16) || steps.size <= 2;
}

/** Like `isDefaultKey`, for a key in a keyring. */
export function isDefaultKeyringKey(key: KeyringKey): boolean {
  return key.check.equals(defaultCheck);
}

function describeShape(text: string): string {
  if (text === "") return "nothing";
  const length = `${text.length} ${text.length === 1 ? "character" : "characters"}`;
  if (/[\r\n]$/.test(text)) return `${length} with a line break at the end`;
  if (/^\s|\s$/.test(text)) return `${length} with white space at the start or the end`;
  if (/^[0-9A-Fa-f]+$/.test(text)) return `${length}, all hex digits`;
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return `${length}, all base64`;
  if (/^[A-Za-z0-9_-]+={0,2}$/.test(text)) return `${length}, all URL-safe base64, which is not accepted`;
  if (/^[\x20-\x7e]+$/.test(text)) return `${length} of printable ASCII`;
  return `${length}, some of them not printable ASCII`;
}
