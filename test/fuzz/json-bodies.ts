import type { DescMethod } from "@bufbuild/protobuf";
import fc from "fast-check";
import { sampleRequests } from "../support/hostile/malformed.ts";
import { damagedText } from "./bytes.ts";
import { anyMethod, methods } from "./methods.ts";

const names = [
  ...new Set(methods.flatMap(({ input }) => fieldNamesOf(input, 2))),
  ...["__proto__", "constructor", "toString", "", "x"],
];

function fieldNamesOf(message: DescMethod["input"], depth: number): string[] {
  return message.fields.flatMap((field) => [
    field.jsonName,
    ...(field.message === undefined || depth === 0 ? [] : fieldNamesOf(field.message, depth - 1)),
  ]);
}

const keys = ["A", "alice/A", "admin/A", "a/b/c/d/e/f/g/h/i", "..", "/", "A*", "**", "é", "\ud800", "x".repeat(256)];
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    ...keys,
    "admin",
    "default",
    "secr_x",
    "60s",
    "-1s",
    "1e400s",
    "2031-01-01T00:00:00Z",
    "READ",
  ),
  fc.constantFrom<unknown>(0, -1, 1, 1000, 1001, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, 0.5, null, true, false, "0", "NaN"),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.base64String({ maxLength: 40 }),
);
/** Objects with the names of the contract, and values of any kind. */
const { object } = fc.letrec<{ object: unknown; value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    tie("object"),
    fc.array(tie("value"), { maxLength: 4 }),
  ),
  object: fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 5, noNullPrototype: true }),
}));
const samples = sampleRequests.map(({ body }) => JSON.stringify(body));
const jsonText = fc.oneof(
  object.map((value) => JSON.stringify(value)),
  damagedText(fc.constantFrom(...samples)),
  damagedText(object.map((value) => JSON.stringify(value))),
);

/** Calls with JSON, over the path of the method or over that of REST. */
export const jsonCalls = fc
  .record({ method: anyMethod, text: jsonText, isRest: fc.boolean() })
  .map(({ method, text, isRest }) => ({ method, bytes: Buffer.from(text), isRest }));
