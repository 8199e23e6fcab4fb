import { type ChecksumAlgorithm, checksumAlgorithms, parseChecksumAlgorithm } from "../crypto/checksum.ts";
import { SealedTextError, sealedPrefix } from "../crypto/sealed-text.ts";
import { type Failure, SecretError, throwAny } from "../error.ts";
import { mapInSlices } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import { isSecretId, keyProblem, slugProblem } from "../rules/secret-key.ts";
import { nameFailure } from "../rules/selection.ts";
import { parseRotationInterval } from "../rules/state.ts";
import type { Metadata } from "../store/secret-rows.ts";
import { type AccessListName, accessListNames } from "../text/access-list-names.ts";
import { compareBytes } from "../text/byte-order.ts";
import { parseExpires } from "../text/expires.ts";
import type { SecretValue } from "../text/secret-value.ts";
import { type EncryptedInput, readEncrypted } from "./encrypted-input.ts";

/** One secret to save, as the caller sent it. */
export interface SaveInput {
  readonly id: string;
  readonly key: string;
  readonly value: string | undefined;
  /** In place of `value`: a value that need not be text. */
  readonly valueBytes?: Uint8Array | undefined;
  readonly encrypted: boolean;
  readonly checksum: string;
  readonly checksumAlgorithm: string;
  readonly lists: Readonly<Record<AccessListName, readonly string[]>>;
  readonly metadata: Metadata;
  readonly clear: readonly string[];
  readonly ifVersion: number | undefined;
  readonly owner: string;
}

export interface RemovalInput {
  readonly key: string;
  readonly ifVersion: number | undefined;
}

/** One secret to save, well-formed. A field that is undefined was not given. */
export interface SaveItem {
  readonly index: number;
  /** Exactly one of `key` and `id` names the secret. */
  readonly key: string | undefined;
  readonly id: string | undefined;
  /** The id that a new secret should get. */
  readonly wantedId: string | undefined;
  /** As it was given: for an encrypted value, the encrypted text. */
  readonly value: SecretValue | undefined;
  readonly encrypted: EncryptedInput | undefined;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly digest: string } | undefined;
  readonly lists: Readonly<Partial<Record<AccessListName, readonly string[]>>>;
  readonly metadata: Metadata | undefined;
  readonly owner: string | undefined;
  readonly ifVersion: number | undefined;
}

/**
 * Checks the form of all items of a batch. `acceptsLegacy` says whether values of old installations can be opened.
 * Throws one error with a failure for each problem.
 */
export async function checkSaveInputs(
  secrets: readonly SaveInput[],
  removals: readonly RemovalInput[],
  acceptsLegacy: boolean,
): Promise<readonly SaveItem[]> {
  const total = secrets.length + removals.length;
  if (total === 0) {
    throw new SecretError({
      reason: "INVALID_FIELD",
      message: "secrets and remove must not both be empty",
      field: "secrets",
    });
  }
  if (total > limits.batchItems) {
    const message = `secrets and remove must have at most ${limits.batchItems} entries together`;
    const sizes = { limit: limits.batchItems, actual: total };
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field: "secrets", ...sizes });
  }
  const failures: Failure[] = [];
  const items = await mapInSlices(secrets.entries(), ([index, input]) =>
    checkSaveInput(input, index, acceptsLegacy, failures),
  );
  for (const [index, removal] of removals.entries()) {
    const problem = keyProblem(removal.key);
    if (problem !== undefined) failures.push(nameFailure(`remove[${index}].key`, index, problem));
  }
  failures.push(...repeatedNames(items, removals));
  throwAny(failures);
  return items;
}

function checkSaveInput(input: SaveInput, index: number, acceptsLegacy: boolean, failures: Failure[]): SaveItem {
  const path = `secrets[${index}]`;
  const idIsKey = input.key === "" && input.id !== "" && !isSecretId(input.id);
  const key = idIsKey ? input.id : input.key === "" ? undefined : input.key;
  const common = { index, ...(key !== undefined && keyProblem(key) === undefined ? { key } : {}) };
  const fail = (field: string, rule: string, more: Partial<Failure> = {}) => {
    failures.push({
      reason: "INVALID_FIELD",
      message: `${path}.${field} ${rule}`,
      field: `${path}.${field}`,
      ...common,
      ...more,
    });
  };

  if (key !== undefined) {
    const problem = keyProblem(key);
    if (problem !== undefined) failures.push(nameFailure(`${path}.${idIsKey ? "id" : "key"}`, index, problem));
  } else if (input.id === "") {
    fail("key", "must not be empty");
  }
  // A list that was asked for by ids answers with the key as the id. What it shows can be saved.
  if (input.key !== "" && input.id !== "" && input.id !== input.key && !isSecretId(input.id)) {
    fail("id", "must be 'secr_' and 1 to 64 characters of A-Z a-z 0-9 _");
  }
  if (input.owner !== "") {
    const problem = slugProblem(input.owner);
    if (problem !== undefined) failures.push(nameFailure(`${path}.owner`, index, problem));
  }
  if (input.valueBytes !== undefined) checkBytes(input.valueBytes, input, fail);
  const encrypted = input.encrypted ? checkEncrypted(input.value, acceptsLegacy, fail) : undefined;
  if (!input.encrypted) checkValue(input, fail);
  return {
    index,
    key,
    id: key === undefined ? input.id : undefined,
    wantedId: key !== undefined && isSecretId(input.id) ? input.id : undefined,
    value: input.valueBytes ?? input.value,
    encrypted,
    checksum: checkChecksum(input, fail),
    lists: checkLists(input, index, failures, fail),
    metadata: checkMetadata(input, fail),
    owner: input.owner === "" ? undefined : input.owner,
    ifVersion: input.ifVersion,
  };
}

type Fail = (field: string, rule: string, more?: Partial<Failure>) => void;

function checkEncrypted(value: string | undefined, acceptsLegacy: boolean, fail: Fail): EncryptedInput | undefined {
  if (value === undefined) {
    fail("value", "must be given when encrypted is true");
    return undefined;
  }
  try {
    return readEncrypted(value, acceptsLegacy);
  } catch (error) {
    if (!(error instanceof SealedTextError)) throw error;
    fail("value", error.message, { reason: "NOT_A_SEALED_VALUE" });
    return undefined;
  }
}

function checkBytes({ length }: Uint8Array, { value, encrypted }: SaveInput, fail: Fail): void {
  const conflict = { reason: "CONFLICTING_FIELDS" } as const;
  if (value !== undefined) fail("valueBytes", "must not be given together with value", conflict);
  else if (encrypted)
    fail("valueBytes", "must not be given when encrypted is true: a sealed text is a value", conflict);
  checkSize("valueBytes", length, fail);
}

function checkSize(field: "value" | "valueBytes", bytes: number, fail: Fail): void {
  if (bytes === 0) fail(field, "must not be empty; leave it out to keep the stored value");
  if (bytes <= limits.valueBytes) return;
  const rule = `must be at most ${limits.valueBytes} bytes`;
  fail(field, rule, { reason: "LIMIT_EXCEEDED", limit: limits.valueBytes, actual: bytes });
}

function checkValue({ value }: SaveInput, fail: Fail): void {
  if (value === undefined) return;
  checkSize("value", Buffer.byteLength(value), fail);
  if (!value.isWellFormed()) fail("value", "must be well-formed Unicode without lone surrogates");
  if (value.startsWith(sealedPrefix)) {
    fail("value", `starts with '${sealedPrefix}': set encrypted to true for a sealed value`);
  }
}

function checkChecksum(input: SaveInput, fail: Fail): SaveItem["checksum"] {
  const algorithm = parseChecksumAlgorithm(input.checksumAlgorithm);
  if (algorithm === undefined) fail("checksumAlgorithm", `must be one of ${checksumAlgorithms.join(", ")}`);
  if (input.checksum === "") return undefined;
  if (input.value === undefined && input.valueBytes === undefined) fail("checksum", "must come with a value");
  return algorithm === undefined ? undefined : { algorithm, digest: input.checksum };
}

function checkLists(input: SaveInput, index: number, failures: Failure[], fail: Fail): SaveItem["lists"] {
  const lists: Partial<Record<AccessListName, readonly string[]>> = {};
  for (const name of accessListNames) {
    const entries = input.lists[name];
    if (entries.length === 0) continue;
    for (const [at, entry] of entries.entries()) {
      const problem = slugProblem(entry);
      if (problem !== undefined) failures.push(nameFailure(`secrets[${index}].${name}[${at}]`, index, problem));
    }
    const set = [...new Set(entries)].sort(compareBytes);
    if (set.length > limits.listEntries) {
      const rule = `must have at most ${limits.listEntries} entries`;
      fail(name, rule, { reason: "LIMIT_EXCEEDED", limit: limits.listEntries, actual: set.length });
    }
    lists[name] = set;
  }
  for (const name of input.clear) {
    const list = accessListNames.find((candidate) => candidate === name);
    if (list === undefined && name !== "metadata") {
      fail("clear", `may only name ${accessListNames.join(", ")} and metadata`);
    } else if (list !== undefined && input.lists[list].length > 0) {
      fail(list, "must not be given and cleared at once", { reason: "CONFLICTING_FIELDS" });
    } else if (list !== undefined) {
      lists[list] = [];
    }
  }
  return lists;
}

function checkMetadata(input: SaveInput, fail: Fail): Metadata | undefined {
  const cleared = input.clear.includes("metadata");
  if (input.metadata.length === 0) return cleared ? [] : undefined;
  if (cleared) fail("metadata", "must not be given and cleared at once", { reason: "CONFLICTING_FIELDS" });
  if (input.metadata.length > limits.metadataPairs) {
    const sizes = { limit: limits.metadataPairs, actual: input.metadata.length };
    fail("metadata", `must have at most ${limits.metadataPairs} pairs`, { reason: "LIMIT_EXCEEDED", ...sizes });
  }
  let total = 0;
  for (const [name, value] of input.metadata) {
    total += Buffer.byteLength(name) + Buffer.byteLength(value);
    checkMetadataPair(name, value, fail);
  }
  if (total > limits.metadataBytes) {
    const sizes = { limit: limits.metadataBytes, actual: total };
    fail("metadata", `must be at most ${limits.metadataBytes} bytes in all`, { reason: "LIMIT_EXCEEDED", ...sizes });
  }
  return input.metadata.toSorted(([a], [b]) => compareBytes(a, b));
}

function checkMetadataPair(name: string, value: string, fail: Fail): void {
  const nameBytes = Buffer.byteLength(name);
  const valueBytes = Buffer.byteLength(value);
  if (nameBytes === 0) fail("metadata", "must not have an empty name");
  if (nameBytes > limits.metadataNameBytes) {
    const sizes = { limit: limits.metadataNameBytes, actual: nameBytes };
    fail("metadata", `names must be at most ${limits.metadataNameBytes} bytes`, { reason: "LIMIT_EXCEEDED", ...sizes });
  }
  if (valueBytes > limits.metadataValueBytes) {
    const sizes = { limit: limits.metadataValueBytes, actual: valueBytes };
    fail("metadata", `values must be at most ${limits.metadataValueBytes} bytes`, {
      reason: "LIMIT_EXCEEDED",
      ...sizes,
    });
  }
  if (!name.isWellFormed() || !value.isWellFormed()) {
    fail("metadata", "must be well-formed Unicode without lone surrogates");
  }
  if (name === "expires" && parseExpires(value) === undefined) {
    fail("metadata.expires", "must be a date such as 2027-12-31 or a time such as 2027-12-31T23:00:00Z");
  }
  if (name === "rotation_interval" && parseRotationInterval(value) === undefined) {
    fail("metadata.rotation_interval", "must be a whole number of days or hours such as 90d or 12h");
  }
}

function repeatedNames(items: readonly SaveItem[], removals: readonly RemovalInput[]): Failure[] {
  const seen = new Set<string>();
  const failures: Failure[] = [];
  const check = (name: string, field: string, index: number) => {
    if (seen.has(name)) {
      failures.push({
        reason: "DUPLICATE_ITEM",
        message: `${field} names a secret that the batch names already`,
        field,
        index,
      });
    }
    seen.add(name);
  };
  for (const item of items) {
    const name = item.key ?? item.id;
    if (name !== undefined) check(name, `secrets[${item.index}].${item.key === undefined ? "id" : "key"}`, item.index);
    // No key has the form that follows.
    if (item.wantedId !== undefined) check(`id:${item.wantedId}`, `secrets[${item.index}].id`, item.index);
  }
  for (const [index, removal] of removals.entries()) check(removal.key, `remove[${index}].key`, index);
  return failures;
}
