import { limits } from "../limits.ts";
import { encodeCanonical } from "./canonical.ts";

/** What a value was sealed for: one key of a tenant, or anything that one principal of it (a slug) saves. */
export type SealScope = "key" | "principal";

/** The only place where a sealed value is accepted. */
export interface SealedPlace {
  readonly tenant: string;
  readonly scope: SealScope;
  /** A key, or the slug of a principal. */
  readonly target: string;
}

/** The parts of a sealed value. Nothing in them is verified before the value is opened: anyone can write a header. */
export interface SealedText {
  /** Identifies the sealing key: the 16 hex digits of the keyring key that it belongs to. */
  readonly kid: string;
  readonly place: SealedPlace;
  /** The value is bytes, and need not be text. */
  readonly isBytes: boolean;
  /** The bytes of the place, and of what the value is, which are authenticated. */
  readonly header: Uint8Array;
  readonly encapsulatedKey: Uint8Array;
  /** Includes the tag. */
  readonly ciphertext: Uint8Array;
}

/**
 * A sealed text that cannot be used. The message follows the name of a field: `is not a sealed value …`. It quotes
 * nothing.
 */
export class SealedTextError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SealedTextError";
  }
}

/** Every sealed value begins with this. */
export const sealedPrefix = "seal.v1.";
/** For messages. */
const sealedForm = "seal.v1.<kid>.<header>.<ciphertext>";
/** Size of an encapsulated key of MLKEM768-X25519. */
export const encapsulatedKeyBytes = 1120;

const tagBytes = 16;
const familyPrefix = "seal.";
const bodyBytesMin = encapsulatedKeyBytes + 1 + tagBytes;
const bodyBytesMax = encapsulatedKeyBytes + limits.valueBytes + tagBytes;
const bytesSuffix = "-bytes";
const headerBytesMax = 12 + "principal".length + bytesSuffix.length + limits.slugBytes + limits.keyBytes;
const base64Chars = (bytes: number) => Math.ceil((bytes * 4) / 3);

/** No sealed value is longer. */
export const sealedTextCharsMax =
  sealedPrefix.length + 16 + 1 + base64Chars(headerBytesMax) + 1 + base64Chars(bodyBytesMax);

const kidForm = /^[0-9a-f]{16}$/;
const base64UrlForm = /^[A-Za-z0-9_-]+$/;
const tenantForm = /^[a-z0-9-]+$/;
/**
 * The characters of keys and slugs. Callers compare the target with a real key or slug, so its form is not checked
 * here.
 */
const targetForm = /^[A-Za-z0-9_.+=@/-]+$/;

/** Whether a text is meant to be a sealed value, of any version, well-formed or not. */
export function looksSealed(text: string): boolean {
  return text.startsWith(familyPrefix);
}

/** How many characters a value of `valueBytes` bytes has once it is sealed for a place. */
export function sealedCharsOf(place: SealedPlace, valueBytes: number, isBytes: boolean): number {
  const headerChars = base64Chars(encodePlace(place, isBytes).length);
  return sealedPrefix.length + 16 + 1 + headerChars + 1 + base64Chars(encapsulatedKeyBytes + valueBytes + tagBytes);
}

/**
 * The bytes of a place, as they are in a sealed value; `isBytes` says that the value is bytes. A program that does not
 * know of that refuses the scope. Throws RangeError for a place that a header cannot hold.
 */
export function encodePlace(place: SealedPlace, isBytes = false): Buffer {
  if (!isPlace(place)) throw new RangeError("a value can be sealed only for a well-formed tenant and key or slug");
  return encodeCanonical(isBytes ? place.scope + bytesSuffix : place.scope, [place.tenant, place.target]);
}

export function formatSealed(kid: string, header: Uint8Array, body: Uint8Array): string {
  return `${sealedPrefix}${kid}.${base64Url(header)}.${base64Url(body)}`;
}

/**
 * Splits a sealed value into its parts. It is strict, so that each value has only one spelling. It needs no key, and
 * proves nothing. Throws SealedTextError.
 */
export function parseSealed(text: string): SealedText {
  if (!text.startsWith(sealedPrefix)) {
    if (looksSealed(text))
      throw new SealedTextError(`is sealed in an unknown format; the only known one is '${sealedPrefix}'`);
    throw new SealedTextError(
      `is not a sealed value; a sealed value looks like ${sealedForm}, and 'oo secret encrypt KEY' prints one`,
    );
  }
  if (text.length > sealedTextCharsMax) throw damaged(`it is longer than ${sealedTextCharsMax} characters`);
  const [kid = "", headerText = "", bodyText = "", ...rest] = text.slice(sealedPrefix.length).split(".");
  if (rest.length > 0 || bodyText === "") throw damaged(`it does not have the form ${sealedForm}`);
  if (!kidForm.test(kid)) throw damaged("its kid is not 16 lower-case hex digits");
  const header = decodeBase64Url(headerText, "header");
  const body = decodeBase64Url(bodyText, "ciphertext");
  if (body.length < bodyBytesMin) throw damaged("it is cut short");
  if (body.length > bodyBytesMax) throw damaged(`it holds more than ${limits.valueBytes} bytes`);
  return {
    kid,
    ...decodePlace(header),
    header,
    encapsulatedKey: body.subarray(0, encapsulatedKeyBytes),
    ciphertext: body.subarray(encapsulatedKeyBytes),
  };
}

export function samePlace(a: SealedPlace, b: SealedPlace): boolean {
  return a.tenant === b.tenant && a.scope === b.scope && a.target === b.target;
}

/** A place in words, such as `prod/API_KEY of the tenant default`. */
export function describePlace({ tenant, scope, target }: SealedPlace): string {
  return `${scope === "principal" ? "the principal " : ""}${target} of the tenant ${tenant}`;
}

function decodePlace(header: Buffer): Pick<SealedText, "place" | "isBytes"> {
  const fields: string[] = [];
  let at = 0;
  while (at + 4 <= header.length && fields.length < 3) {
    const start = at + 4;
    at = start + header.readUInt32BE(at);
    if (at > header.length) throw damaged("its header is malformed");
    fields.push(header.toString("latin1", start, at));
  }
  const [written = "", tenant = "", target = ""] = fields;
  const isBytes = written.endsWith(bytesSuffix);
  const scope = isBytes ? written.slice(0, -bytesSuffix.length) : written;
  if (fields.length !== 3 || at !== header.length) throw damaged("its header is malformed");
  if (scope !== "key" && scope !== "principal") throw damaged("its header names an unknown scope");
  const place: SealedPlace = { tenant, scope, target };
  if (!isPlace(place)) throw damaged("its header does not name a tenant and a key or slug");
  return { place, isBytes };
}

function isPlace({ tenant, scope, target }: SealedPlace): boolean {
  const targetBytesMax = scope === "key" ? limits.keyBytes : limits.slugBytes;
  const isTenant = tenantForm.test(tenant) && tenant.length <= limits.slugBytes;
  return isTenant && targetForm.test(target) && target.length <= targetBytesMax;
}

function decodeBase64Url(text: string, part: string): Buffer {
  const bytes = Buffer.from(text, "base64url");
  // Node's decoder skips characters that are not base64, and ignores unused bits.
  if (!base64UrlForm.test(text) || base64Url(bytes) !== text) throw damaged(`its ${part} is not canonical base64url`);
  return bytes;
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

function damaged(what: string): SealedTextError {
  return new SealedTextError(`is not a valid sealed value: ${what}`);
}
