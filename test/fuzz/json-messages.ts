import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import fc from "fast-check";

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** Texts that mean something to some rule, and some that break one. */
const keys = [
  "A",
  "alice/A",
  "admin/A",
  "sample/KEY",
  "a/b/c/d/e/f/g/h/i",
  "..",
  "/",
  "A*",
  "**",
  "é",
  "x".repeat(256),
];
const slugs = ["alice", "sample", "default", "other", "role-1", "Alice", "a--b", "-", "x".repeat(65)];
const others = [
  "read",
  "read:prod/*",
  "secr_sample",
  "tok_x",
  "seal.v1.x.y.z",
  "CRC32",
  "deadbeef",
  "2031-01-01",
  "30d",
  "__proto__",
];
const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...keys, ...slugs, ...others) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom("", "\0", "x".repeat(70_000)) },
);
const times = ["2031-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"];
const durations = ["60s", "0s", "-1s", "0.000000001s", "315576000000s", "3600s"];
const integer = fc.oneof(fc.constantFrom(0, 1, 2, 10, 1000, 1001, 2 ** 31 - 1), fc.nat(2 ** 31 - 1));

/** JSON of a message of the contract: the right names and types, with any values. Rarely something else. */
export function messageOf(message: DescMessage, depth = 3): fc.Arbitrary<Json> {
  if (message.typeName === "google.protobuf.Timestamp") return fc.constantFrom<Json>(...times);
  if (message.typeName === "google.protobuf.Duration") return fc.constantFrom<Json>(...durations);
  const fields: Record<string, fc.Arbitrary<Json>> = {};
  for (const field of message.fields) {
    if (field.message === undefined || depth > 0) fields[field.jsonName] = fieldOf(field, depth);
  }
  return fc.record(fields, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<Json>;
}

function fieldOf(field: DescField, depth: number): fc.Arbitrary<Json> {
  switch (field.fieldKind) {
    case "list":
      return fc.array(singleOf(field, depth), { maxLength: 3 });
    case "map":
      return fc.dictionary(text, singleOf(field, depth), { maxKeys: 3, noNullPrototype: true });
    default:
      return singleOf(field, depth);
  }
}

function singleOf(field: DescField, depth: number): fc.Arbitrary<Json> {
  if (field.message !== undefined) return messageOf(field.message, depth - 1);
  if (field.enum !== undefined) return fc.constantFrom<Json>(...field.enum.values.map(({ name }) => name), 0, 99);
  switch (field.scalar) {
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.STRING:
      return text;
    case ScalarType.BYTES:
      return fc.base64String({ maxLength: 24 });
    case ScalarType.INT64:
    case ScalarType.UINT64:
      return fc.constantFrom<Json>("0", "1", "18446744073709551615", "9007199254740993", 5);
    default:
      return integer;
  }
}
