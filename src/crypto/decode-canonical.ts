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
  const read = readFields(bytes, ["text", ...kinds]);
  if (read === undefined || read.end !== bytes.length) return undefined;
  const [found, ...fields] = read.fields;
  return found === label ? fields : undefined;
}

/** Whether bytes begin with a label and fields of these types, whatever follows. */
export function beginsWithCanonical(bytes: Buffer, kinds: readonly CanonicalKind[]): boolean {
  return readFields(bytes, ["text", ...kinds]) !== undefined;
}

function readFields(bytes: Buffer, kinds: readonly CanonicalKind[]) {
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
    const fields = kinds.map((kind) => readers[kind]());
    return { fields, end: at };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
