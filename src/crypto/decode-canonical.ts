/** The type of a field, as `encodeCanonical` writes it. */
export type CanonicalKind = "text" | "number" | "bytes" | "list";

export type DecodedField = string | number | Buffer | readonly string[];

/**
 * The fields that `encodeCanonical` was given, when they are of these types in this order. Undefined for all other
 * bytes.
 */
export function decodeCanonical(
  label: string,
  bytes: Buffer,
  kinds: readonly CanonicalKind[],
): readonly DecodedField[] | undefined {
  let at = 0;
  const take = (length: number): Buffer => {
    if (length > bytes.length - at) throw new RangeError("canonical bytes end too early");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const size = () => take(4).readUInt32BE();
  const text = () => take(size()).toString("utf8");
  const readers: Record<CanonicalKind, () => DecodedField> = {
    text,
    number() {
      if (size() !== 8) throw new RangeError("a canonical number has eight bytes");
      return take(4).readUInt32BE() * 2 ** 32 + take(4).readUInt32BE();
    },
    bytes: () => take(size()),
    list() {
      const count = size();
      if (count > (bytes.length - at) / 4) throw new RangeError("canonical bytes end too early");
      return Array.from({ length: count }, text);
    },
  };
  try {
    if (text() !== label) return undefined;
    const fields = kinds.map((kind) => readers[kind]());
    return at === bytes.length ? fields : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
