/** Names of the methods with which a message encodes itself. */
export const ownJson = Symbol("own JSON");
export const ownBinary = Symbol("own binary");

/**
 * A message that encodes itself faster than the general encoder, which goes through descriptors and takes longer than
 * finding the data. The result must be what the general encoder would write, except that JSON may omit fields that the
 * caller did not ask for.
 *
 * `npm run bench:parts -- --only list-response` shows what this buys in whole calls; the encoders say what it buys in
 * their own work.
 */
export interface OwnEncoding {
  [ownJson](): string;
  [ownBinary](): Uint8Array;
}

/** The JSON of a message that encodes itself; undefined for any other value. */
export function ownJsonOf(value: unknown): string | undefined {
  return writesItself(value) ? value[ownJson]() : undefined;
}

/** The bytes of a message that encodes itself; undefined for any other value. */
export function ownBinaryOf(value: unknown): Uint8Array | undefined {
  return writesItself(value) ? value[ownBinary]() : undefined;
}

function writesItself(value: unknown): value is OwnEncoding {
  return typeof value === "object" && value !== null && ownJson in value;
}
