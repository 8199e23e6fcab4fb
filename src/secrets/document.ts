import { isUtf8 } from "node:buffer";
import { encodeCanonical } from "../crypto/canonical.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { envelopeKid, openAtRest, sealAtRest } from "../crypto/rest-envelope.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { accessListNames } from "../text/access-list-names.ts";
import { bytesOf, type SecretValue } from "../text/secret-value.ts";

/** What the field `format` of a stored secret says of its value: that it is text or absent, or that it is bytes. */
export const documentFormat = 1;
export const bytesFormat = 2;

/** The encrypted part of a document. A removed secret has no value. */
export interface SecretPlaintext {
  readonly value: SecretValue | undefined;
  /** SHA-256 of the sealed text that the value last came as, 32 bytes. */
  readonly sealedDigest: Uint8Array | undefined;
}

/** The plain part of a document, authenticated together with the encrypted part. */
export type SecretFields = Omit<StoredSecret, "kid" | "envelope">;

const label = "secret-svc/secret/v1";
const digestBytes = 32;
/** The contract has 32-bit versions and protobuf timestamps, which end with the year 9999. */
const versionMax = 2 ** 32 - 1;
const timestampMaxMs = Date.UTC(10_000, 0) - 1;
const valueFlag = 1;
const digestFlag = 2;

/**
 * Encrypts `plaintext` under the active key and binds every field to it. If an attacker with access to the database
 * edits a field or moves the ciphertext, `openDocument` detects it. Every change of a field needs a new call. The field
 * `format` follows from the value.
 *
 * Throws RangeError for fields or a plaintext that could not be opened again: text with lone surrogates, numbers that
 * are not unsigned integers, a digest that is not 32 bytes.
 */
export function sealDocument(keyring: Keyring, given: SecretFields, plaintext: SecretPlaintext): StoredSecret {
  if (!hasDocumentShape(given)) throw new RangeError("the fields of a document are malformed");
  const { value } = plaintext;
  const format = value === undefined || typeof value === "string" ? documentFormat : bytesFormat;
  const fields = { ...given, format };
  const { kid, envelope } = sealAtRest(keyring, encodePlaintext(plaintext), associatedData(fields));
  return { ...fields, kid, envelope };
}

/**
 * Verifies a stored secret and decrypts it. Nothing in `stored` can be trusted before that: types and ranges are also
 * checked here, because the database may hold anything. Throws IntegrityError for every difference, and no other error.
 */
export function openDocument(keyring: Keyring, stored: StoredSecret): SecretPlaintext {
  return decodePlaintext(openAtRest(keyring, stored.envelope, checkedData(stored)), stored.format);
}

/**
 * For documents that a store returns more than once. They are frozen, so an earlier check still holds.
 *
 * 1.6 times as many openings of one secret (`npm run bench:parts -- --only document`).
 */
const checked = new WeakMap<StoredSecret, Buffer>();

/** The associated data of a document whose fields are well-formed. Throws IntegrityError when they are not. */
function checkedData(stored: StoredSecret): Buffer {
  const known = checked.get(stored);
  if (known !== undefined) return known;
  if (!hasDocumentShape(stored) || !(stored.envelope instanceof Uint8Array)) throw new IntegrityError();
  if (stored.kid !== envelopeKid(stored.envelope)) throw new IntegrityError();
  const data = associatedData(stored);
  if (Object.isFrozen(stored)) checked.set(stored, data);
  return data;
}

/**
 * Whether the contract's types can represent these fields. For views that show rows without verifying them: if an
 * attacker edits a row into something that the types cannot represent, the rest of the answer must not fail.
 */
export function isPresentable(fields: SecretFields): boolean {
  const times = [fields.createdAtMs, fields.updatedAtMs, fields.valueChangedAtMs];
  return hasDocumentShape(fields) && fields.version <= versionMax && times.every((ms) => ms <= timestampMaxMs);
}

function associatedData(fields: SecretFields): Buffer {
  return encodeCanonical(label, [
    fields.format,
    fields.tenant,
    fields.id,
    fields.key,
    fields.version,
    fields.owner,
    ...accessListNames.map((name) => fields.lists[name]),
    fields.metadata.flat(),
    fields.createdAtMs,
    fields.createdBy,
    fields.updatedAtMs,
    fields.updatedBy,
    fields.valueChangedAtMs,
    fields.removed,
  ]);
}

/**
 * The authenticated bytes do not include the types, and a lone surrogate has the same bytes as U+FFFD. Wrong types and
 * lone surrogates are therefore refused. Otherwise two different documents could have the same associated data.
 */
function hasDocumentShape(fields: SecretFields): boolean {
  const { lists, metadata } = fields;
  return (
    (fields.format === documentFormat || fields.format === bytesFormat) &&
    isCount(fields.version) &&
    fields.version > 0 &&
    isCount(fields.createdAtMs) &&
    isCount(fields.updatedAtMs) &&
    isCount(fields.valueChangedAtMs) &&
    isText(fields.tenant) &&
    isText(fields.id) &&
    isText(fields.key) &&
    isText(fields.owner) &&
    isText(fields.createdBy) &&
    isText(fields.updatedBy) &&
    typeof fields.removed === "boolean" &&
    typeof lists === "object" &&
    lists !== null &&
    accessListNames.every((name) => Array.isArray(lists[name]) && lists[name].every(isText)) &&
    Array.isArray(metadata) &&
    metadata.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText))
  );
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.isWellFormed();
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function encodePlaintext({ value, sealedDigest }: SecretPlaintext): Buffer {
  if (sealedDigest !== undefined && sealedDigest.length !== digestBytes) {
    throw new RangeError(`the digest of a sealed text is ${digestBytes} bytes`);
  }
  if (typeof value === "string" && !value.isWellFormed()) throw new RangeError("a text value must be well-formed");
  const flags = (value === undefined ? 0 : valueFlag) | (sealedDigest === undefined ? 0 : digestFlag);
  return Buffer.concat([Buffer.of(flags), sealedDigest ?? Buffer.alloc(0), bytesOf(value ?? "")]);
}

/** Only the associated data says whether a value is bytes, so a format without a value would have two encodings. */
function decodePlaintext(bytes: Buffer, format: number): SecretPlaintext {
  const flags = bytes[0];
  if (flags === undefined || flags > (valueFlag | digestFlag)) throw new IntegrityError();
  const valueAt = (flags & digestFlag) === 0 ? 1 : 1 + digestBytes;
  const hasValue = (flags & valueFlag) !== 0;
  const content = bytes.subarray(valueAt);
  const isText = format === documentFormat;
  if (bytes.length < valueAt || (!hasValue && content.length > 0)) throw new IntegrityError();
  if (isText ? !isUtf8(content) : !hasValue) throw new IntegrityError();
  return {
    value: !hasValue ? undefined : isText ? content.toString("utf8") : Buffer.from(content),
    sealedDigest: valueAt === 1 ? undefined : Buffer.from(bytes.subarray(1, valueAt)),
  };
}
