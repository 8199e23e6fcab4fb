import { checksumAlgorithms, checksumMatches, parseChecksumAlgorithm } from "../../crypto/checksum.ts";
import { looksSealed, parseSealed, type SealedText, SealedTextError, sealedPrefix } from "../../crypto/sealed-text.ts";
import { limits } from "../../limits.ts";
import { isSecretId, slugProblem } from "../../rules/secret-key.ts";
import { parseRotationInterval } from "../../rules/state.ts";
import { accessListNames } from "../../text/access-list-names.ts";
import { parseExpires } from "../../text/expires.ts";
import { bytesOf, type SecretValue } from "../../text/secret-value.ts";
import type { Complaint, FileRule } from "../formats/file-error.ts";
import type { FileSecret } from "../formats/secret-file.ts";
import { sealedAfterName } from "./file-batch.ts";

/** The tenant and the key that values must be sealed for and with; undefined where any will do. */
export interface SealExpectation {
  readonly tenant: string | undefined;
  readonly kid: string | undefined;
}

type Report = (problem: string, rule: FileRule, field?: string) => void;

/**
 * Everything that is wrong with one secret. It will be saved as `key`, undefined when only the service knows the key.
 */
export function lintSecret(secret: FileSecret, key: string | undefined, expected: SealExpectation): Complaint[] {
  const found: Complaint[] = [];
  const report: Report = (problem, rule, field) => found.push(secret.complain(problem, rule, field).complaint);
  lintNames(secret, report);
  lintValue(secret, key, expected, report);
  lintLists(secret, report);
  lintMetadata(secret, report);
  return found;
}

function lintNames({ input: { id, key, owner } }: FileSecret, report: Report): void {
  if (key !== undefined && id !== undefined && !isSecretId(id)) {
    report(`id must be 'secr_' and 1 to ${limits.idSuffixChars} characters of A-Z a-z 0-9 _`, "structure", "id");
  }
  const problem = owner === undefined ? undefined : slugProblem(owner);
  if (problem !== undefined) report(`owner ${problem.rule}`, "structure", "owner");
}

function lintValue({ input }: FileSecret, key: string | undefined, expected: SealExpectation, report: Report): void {
  const { value, valueBytes, encrypted = false } = input;
  if (valueBytes !== undefined) {
    report("value is not sealed; 'oo secret seal' does that", "plain-value", "value");
    lintChecksum(input, valueBytes, report);
    return;
  }
  if (value === undefined) {
    for (const field of ["encrypted", "checksum"] as const) {
      if (input[field] !== undefined) report(`${field} has no meaning without a value`, "structure", field);
    }
    return;
  }
  const unwrapped = sealedAfterName(value);
  if (unwrapped !== undefined) {
    report("value begins with 'value:'; 'oo secret encrypt -o value' prints the text alone", "value-prefix", "value");
  }
  const text = unwrapped ?? value;
  if (encrypted || text.startsWith(sealedPrefix)) {
    if (!encrypted) report("value is a sealed text, and 'encrypted: true' is missing", "sealed-not-marked", "value");
    lintSealed(text, key, expected, report);
  } else {
    report("value is not sealed; 'oo secret seal' does that", "plain-value", "value");
  }
  // The checksum of a value in the old format is that of the plaintext.
  if (!encrypted || looksSealed(text)) lintChecksum(input, text, report);
}

function lintSealed(text: string, key: string | undefined, expected: SealExpectation, report: Report): void {
  let sealed: SealedText;
  try {
    sealed = parseSealed(text);
  } catch (error) {
    if (!(error instanceof SealedTextError)) throw error;
    report(`value ${error.message}`, "sealed-format", "value");
    return;
  }
  const { kid, place } = sealed;
  if (place.scope === "principal") {
    report(`value is sealed for any key that ${place.target} saves, and not for one key`, "sealed-key", "value");
  } else if (key !== undefined && place.target !== key) {
    report(`value is sealed for ${place.target}, not for ${key}`, "sealed-key", "value");
  }
  if (expected.tenant !== undefined && place.tenant !== expected.tenant) {
    report(
      `value is sealed for the tenant ${place.tenant}, not for the tenant ${expected.tenant}`,
      "sealed-tenant",
      "value",
    );
  }
  if (expected.kid !== undefined && kid !== expected.kid) {
    const problem = `value is sealed with the key ${kid}, not with ${expected.kid}; 'oo secret reseal' renews it`;
    report(problem, "sealing-key", "value");
  }
}

function lintChecksum(
  { checksum, checksumAlgorithm = "" }: FileSecret["input"],
  text: SecretValue,
  report: Report,
): void {
  const algorithm = parseChecksumAlgorithm(checksumAlgorithm);
  if (algorithm === undefined) {
    report(`checksumAlgorithm must be one of ${checksumAlgorithms.join(", ")}`, "structure", "checksumAlgorithm");
  } else if (checksum !== undefined && !checksumMatches(algorithm, bytesOf(text), checksum)) {
    report(`checksum is not the ${algorithm} of the value`, "checksum", "checksum");
  }
}

function lintLists({ input }: FileSecret, report: Report): void {
  const cleared = input.clear ?? [];
  for (const name of accessListNames) {
    const entries = new Set(input[name]);
    if (cleared.includes(name)) report(`${name} is empty: only admins are left`, "empty-list", name);
    if (entries.size > limits.listEntries) {
      report(`${name} must have at most ${limits.listEntries} entries, and has ${entries.size}`, "limit", name);
    }
  }
  const readers = cleared.includes("readers") ? [] : input.readers;
  if (readers === undefined) return;
  for (const name of input.canChangeReaders ?? []) {
    if (readers.includes(name)) continue;
    report(`${name} may not read, but may change who does`, "changer-cannot-read", "canChangeReaders");
  }
}

function lintMetadata({ input }: FileSecret, report: Report): void {
  const pairs = Object.entries(input.metadata ?? {});
  const bytes = (text: string) => Buffer.byteLength(text);
  const check = (what: string, actual: number, limit: number, field: string) => {
    if (actual > limit) report(`${what} must be at most ${limit}, and is ${actual}`, "limit", field);
  };
  check("the number of metadata pairs", pairs.length, limits.metadataPairs, "metadata");
  let total = 0;
  for (const [name, text] of pairs) {
    total += bytes(name) + bytes(text);
    if (name === "") report("a name in the metadata must not be empty", "structure", "metadata");
    check("the size of a metadata name", bytes(name), limits.metadataNameBytes, `metadata.${name}`);
    check("the size of a metadata text", bytes(text), limits.metadataValueBytes, `metadata.${name}`);
  }
  check("the size of all metadata", total, limits.metadataBytes, "metadata");
  const { expires, rotation_interval: interval } = Object.fromEntries(pairs);
  if (expires !== undefined && parseExpires(expires) === undefined) {
    const problem = "expires must be a date such as 2027-12-31 or a time such as 2027-12-31T23:00:00Z";
    report(problem, "expires", "metadata.expires");
  }
  if (interval !== undefined && parseRotationInterval(interval) === undefined) {
    const problem = "rotation_interval must be a whole number of days or hours such as 90d or 12h";
    report(problem, "rotation-interval", "metadata.rotation_interval");
  }
}
