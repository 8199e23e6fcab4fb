import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { ConnectError } from "@connectrpc/connect";
import { tooDeep, tooManyValues } from "./count-json-values.ts";
import { invalidBody } from "./refusal.ts";
import type { RequestLimits } from "./request-limits.ts";

const fieldsByNumber = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

/**
 * Counts the values of a message in the binary format without decoding it. Throws a `ConnectError` if it has too many
 * values, is nested too deeply, or is truncated.
 */
export function checkBinarySize(message: DescMessage, bytes: Uint8Array, limits: RequestLimits): void {
  // Every value takes at least one byte.
  if (bytes.length <= limits.requestValues) return;
  const reader = new BinaryReader(bytes);
  let values = 0;

  const count = (more: number) => {
    values += more;
    if (values > limits.requestValues) throw tooManyValues(limits.requestValues);
  };
  const visit = (desc: DescMessage, end: number, depth: number): void => {
    if (depth > limits.nesting) throw tooDeep(limits.nesting);
    if (end > reader.len) throw cutShort();
    const fields = fieldsOf(desc);
    while (reader.pos < end) {
      const [number, wireType] = reader.tag();
      count(1);
      const field = fields.get(number);
      if (field === undefined || wireType !== WireType.LengthDelimited) {
        reader.skip(wireType, number, limits.nesting);
        continue;
      }
      const length = reader.uint32();
      const nested = nestedMessage(field);
      if (nested !== undefined) {
        visit(nested, reader.pos + length, depth + 1);
      } else {
        if (field.fieldKind === "map") count(2);
        if (isPacked(field)) count(length);
        reader.pos += length;
        if (reader.pos > reader.len) throw cutShort();
      }
    }
  };
  try {
    visit(message, bytes.length, 1);
  } catch (error) {
    // The reader's own error may quote the input, which must not reach the caller.
    throw error instanceof ConnectError ? error : cutShort();
  }
}

function cutShort() {
  return invalidBody("the body is not a valid message in the binary format");
}

function fieldsOf(message: DescMessage): ReadonlyMap<number, DescField> {
  let fields = fieldsByNumber.get(message);
  if (fields === undefined) {
    fields = new Map(message.fields.map((field) => [field.number, field]));
    fieldsByNumber.set(message, fields);
  }
  return fields;
}

/** Entries of maps are not visited: no request in the contract has a map of messages. */
function nestedMessage(field: DescField): DescMessage | undefined {
  if (field.fieldKind === "message") return field.message;
  if (field.fieldKind === "list" && field.listKind === "message") return field.message;
  return undefined;
}

/** Packed numbers take at least one byte each, so their length in bytes is an upper bound of their count. */
function isPacked(field: DescField): boolean {
  if (field.fieldKind !== "list") return false;
  if (field.listKind === "enum") return true;
  return field.listKind === "scalar" && field.scalar !== ScalarType.STRING && field.scalar !== ScalarType.BYTES;
}
