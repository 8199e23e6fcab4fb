import { setImmediate } from "node:timers/promises";
import { legacyChecksumMatches } from "../crypto/checksum.ts";
import { SealedTextError } from "../crypto/sealed-text.ts";
import { bytesOf, type SecretValue, sameValue } from "../text/secret-value.ts";
import { type EncryptedInput, type Openers, openEncrypted } from "./encrypted-input.ts";
import type { SavePlan } from "./plan-save.ts";
import * as failures from "./save-failures.ts";
import type { SaveItem } from "./save-input.ts";

/** Values that are already open, so that a save that is decided again does not open them again. */
export type OpenedValues = Map<EncryptedInput, SecretValue>;

/**
 * Opens the encrypted value of a plan, if it has one. This comes after every decision that does not need the value:
 * whether the caller may save, and whether the same text is already stored. For a caller who may read, a value that is
 * equal to the stored one changes nothing.
 */
export async function openPlan(openers: Openers, plan: SavePlan, opened: OpenedValues): Promise<SavePlan> {
  if (plan.kind !== "write" || plan.toOpen === undefined) return plan;
  const { toOpen, ...rest } = plan;
  const { item, encrypted } = toOpen;
  const { key } = plan.fields;
  let value: SecretValue;
  // Unlike HPKE, the old format and its checksums block the event loop, so other calls get a turn between two values.
  if (encrypted.format === "legacy") await setImmediate();
  try {
    value = opened.get(encrypted) ?? (await openEncrypted(openers, encrypted));
  } catch (error) {
    if (!(error instanceof SealedTextError)) throw error;
    return { kind: "invalid", failure: failures.notSealed(item, key, error.message) };
  }
  opened.set(encrypted, value);
  if (encrypted.format === "legacy" && !checksumFits(item, value)) {
    return { kind: "invalid", failure: failures.checksumMismatch(item, key, "the decrypted value") };
  }
  const plaintext = { value, sealedDigest: encrypted.digest };
  const { stored } = toOpen;
  if (stored === undefined || !sameValue(value, stored.value)) return { ...rest, plaintext };
  const { planIfEqual } = stored;
  // The next save of the same text needs no opening.
  return planIfEqual.kind === "write" ? { ...planIfEqual, plaintext } : planIfEqual;
}

function checksumFits({ checksum }: SaveItem, value: SecretValue): boolean {
  return checksum === undefined || legacyChecksumMatches(checksum.algorithm, bytesOf(value), checksum.digest);
}
