/** Kinds of BSON elements that are read here. */
export const bsonKind = {
  double: 0x01,
  text: 0x02,
  object: 0x03,
  array: 0x04,
  binary: 0x05,
  objectId: 0x07,
  flag: 0x08,
  time: 0x09,
  none: 0x0a,
  int32: 0x10,
  timestamp: 0x11,
  int64: 0x12,
} as const;

/** Bytes are not what `walkBson` reads: cut short, or of a kind that nothing here writes. */
export class UnknownBsonError extends Error {
  constructor() {
    super("BSON of an unknown kind");
    this.name = "UnknownBsonError";
  }
}

/** Where an element of a document is: its name, which ends before a zero, and its value. */
export type Visit = (kind: number, name: number, from: number, to: number) => void;

/**
 * Calls `visit` for each element of the document that begins at `start`. Nothing is made for values that `visit` does
 * not look at. Returns where the document ends. Throws `UnknownBsonError`.
 */
export function walkBson(buffer: Buffer, start: number, visit: Visit): number {
  const end = endOf(buffer, start, lengthAt(buffer, start));
  let at = start + 4;
  while (at < end - 1) {
    const kind = buffer[at] ?? 0;
    const name = at + 1;
    let from = name;
    while (from < end && buffer[from] !== 0) from += 1;
    from += 1;
    at = endOf(buffer, from, sizeOf(buffer, kind, from));
    if (at >= end) throw new UnknownBsonError();
    visit(kind, name, from, at);
  }
  if (at !== end - 1) throw new UnknownBsonError();
  return end;
}

/** Whether the name that begins at `at` is this one, whose last byte is zero. */
export function isNamed(buffer: Buffer, at: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) if (buffer[at + index] !== name[index]) return false;
  return true;
}

/** A name as `isNamed` compares it. */
export function bsonName(name: string): Uint8Array {
  return Buffer.from(`${name}\0`);
}

/** The text of an element of kind `text`. Bytes that are not UTF-8 are replaced, as the driver does. */
export function textAt(buffer: Buffer, from: number, to: number): string {
  return buffer.toString("utf8", from + 4, to - 1);
}

function sizeOf(buffer: Buffer, kind: number, from: number): number {
  switch (kind) {
    case bsonKind.double:
    case bsonKind.time:
    case bsonKind.timestamp:
    case bsonKind.int64:
      return 8;
    case bsonKind.int32:
      return 4;
    case bsonKind.flag:
      return 1;
    case bsonKind.none:
      return 0;
    case bsonKind.objectId:
      return 12;
    case bsonKind.text:
      return 4 + lengthAt(buffer, from);
    case bsonKind.binary:
      return 5 + lengthAt(buffer, from);
    case bsonKind.object:
    case bsonKind.array:
      return lengthAt(buffer, from);
    default:
      throw new UnknownBsonError();
  }
}

function lengthAt(buffer: Buffer, from: number): number {
  if (from + 4 > buffer.length) throw new UnknownBsonError();
  return buffer.readInt32LE(from);
}

/**
 * A length of the server's own is never negative; one that an attacker wrote must not lead back, or out of the reply.
 */
function endOf(buffer: Buffer, from: number, size: number): number {
  const end = from + size;
  if (size < 0 || end > buffer.length) throw new UnknownBsonError();
  return end;
}
