/** A field of a canonical message. The order of a list matters, so callers sort sets first. */
export type CanonicalField = string | number | boolean | Uint8Array | readonly string[];

/**
 * Encodes fields as bytes: a label, then each field with its length before it. The label stands for the types of the
 * fields. Two different lists of fields of the same types never give the same bytes, if all text is well-formed. Used
 * wherever something is authenticated: associated data of stored secrets, MACs of rows, audit records. The order of the
 * fields is part of the format and never changes under a label.
 *
 * Strings are UTF-8. Numbers are unsigned 64-bit big-endian and must be safe integers. Booleans are one byte. A list is
 * its count, then each entry as a string.
 */
export function encodeCanonical(label: string, fields: readonly CanonicalField[]): Buffer {
  let size = 4 + Buffer.byteLength(label);
  for (const field of fields) size += 4 + fieldBytes(field);
  const out = Buffer.allocUnsafe(size);
  let at = writeString(out, 0, label);
  for (const field of fields) at = writeField(out, at, field);
  if (at !== size) throw new Error("canonical size is wrong");
  return out;
}

function fieldBytes(field: CanonicalField): number {
  if (typeof field === "string") return Buffer.byteLength(field);
  if (typeof field === "number") return 8;
  if (typeof field === "boolean") return 1;
  if (field instanceof Uint8Array) return field.length;
  let size = 0;
  for (const entry of field) size += 4 + Buffer.byteLength(entry);
  return size;
}

function writeField(out: Buffer, at: number, field: CanonicalField): number {
  if (typeof field === "string") return writeString(out, at, field);
  if (typeof field === "number") {
    if (!Number.isSafeInteger(field) || field < 0)
      throw new RangeError("canonical numbers must be unsigned safe integers");
    // Written in two halves, because a bigint would have to be allocated first.
    const end = out.writeUInt32BE(Math.floor(field / 2 ** 32), out.writeUInt32BE(8, at));
    return out.writeUInt32BE(field >>> 0, end);
  }
  if (typeof field === "boolean") {
    const end = out.writeUInt32BE(1, at);
    return out.writeUInt8(field ? 1 : 0, end);
  }
  if (field instanceof Uint8Array) {
    const end = out.writeUInt32BE(field.length, at);
    out.set(field, end);
    return end + field.length;
  }
  let end = out.writeUInt32BE(field.length, at);
  for (const entry of field) end = writeString(out, end, entry);
  return end;
}

function writeString(out: Buffer, at: number, text: string): number {
  const start = at + 4;
  const length = out.write(text, start, "utf8");
  out.writeUInt32BE(length, at);
  return start + length;
}
