import { createHash, type KeyObject } from "node:crypto";
import { openLegacyValue, parseLegacyValue } from "../crypto/legacy-value.ts";
import { describePlace, looksSealed, parseSealed, type SealedText, SealedTextError } from "../crypto/sealed-text.ts";
import type { Sealing } from "../keys/sealing-keys.ts";
import { isNarrowed, type Principal } from "../rules/access.ts";
import type { SecretValue } from "../text/secret-value.ts";

/** An encrypted value as the caller sent it, not opened yet. */
export type EncryptedInput =
  | { readonly format: "sealed"; readonly sealed: SealedText; readonly digest: Uint8Array }
  /** From an old installation. */
  | { readonly format: "legacy"; readonly bytes: Uint8Array; readonly digest: Uint8Array };

/** What opens encrypted values. */
export interface Openers {
  readonly sealing: Sealing;
  /** Undefined when values in the old format are not accepted. */
  readonly legacyKey: KeyObject | undefined;
}

/**
 * Parses an encrypted value without opening it. Throws `SealedTextError`, whose message follows the name of the field.
 */
export function readEncrypted(text: string, acceptsLegacy: boolean): EncryptedInput {
  const digest = createHash("sha256").update(text).digest();
  const bytes = looksSealed(text) ? undefined : parseLegacyValue(text);
  if (bytes === undefined) return { format: "sealed", sealed: parseSealed(text), digest };
  if (acceptsLegacy) return { format: "legacy", bytes, digest };
  throw new SealedTextError(
    "is not a sealed value; if it comes from an old installation, the service needs its key in OB_LEGACY_ENCRYPTION_KEY",
  );
}

/** Opens an encrypted value. Throws `SealedTextError`, whose message follows the name of the field. */
export async function openEncrypted(openers: Openers, input: EncryptedInput): Promise<SecretValue> {
  if (input.format === "sealed") return openers.sealing.open(input.sealed);
  const value = openers.legacyKey && openLegacyValue(openers.legacyKey, input.bytes);
  if (value === undefined) {
    throw new SealedTextError("is not a value that the key in OB_LEGACY_ENCRYPTION_KEY decrypts");
  }
  return value;
}

/**
 * Why `principal` may not save a sealed value as `key`; undefined when it may. The text follows the name of the field.
 * A sealed value is for one key only, or for the saves of one principal only.
 */
export function misplacedRule({ place }: SealedText, principal: Principal, key: string): string | undefined {
  // A value that is sealed for another principal is not for a key, so no grant of a narrowed token covers it.
  const isForAll = principal.admin && !isNarrowed(principal);
  const isOwn = place.scope === "key" ? place.target === key : isForAll || place.target === principal.slug;
  if (place.tenant === principal.tenant && isOwn) return undefined;
  const saved = place.scope === "key" ? "" : `by ${principal.slug} `;
  return `is sealed for ${describePlace(place)}, and cannot be saved ${saved}as ${key} of the tenant ${principal.tenant}; seal it again for that key`;
}
