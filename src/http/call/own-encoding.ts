/** The names of the methods with which a message writes itself. */
export const ownJson = Symbol("own JSON");
export const ownBinary = Symbol("own binary");

/**
 * A message with a shorter way to its JSON and its bytes than the general one, which goes by descriptors and takes longer
 * than finding what it holds. It must give what the general one would; JSON may leave out what is not meant to be seen.
 */
export interface OwnEncoding {
  [ownJson](): string;
  [ownBinary](): Uint8Array;
}

/** The JSON of a message that writes itself; undefined for any other value. */
export function ownJsonOf(value: unknown): string | undefined {
  return writesItself(value) ? value[ownJson]() : undefined;
}

/** The bytes of a message that writes itself; undefined for any other value. */
export function ownBinaryOf(value: unknown): Uint8Array | undefined {
  return writesItself(value) ? value[ownBinary]() : undefined;
}

function writesItself(value: unknown): value is OwnEncoding {
  return typeof value === "object" && value !== null && ownJson in value;
}
