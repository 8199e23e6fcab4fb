import type { DescMethod } from "@bufbuild/protobuf";
import fc from "fast-check";
import { sampleRequests } from "../support/hostile/malformed.ts";
import { damagedText } from "./bytes.ts";
import { messageOf } from "./json-messages.ts";
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
/** What is not a message: JSON of any form, and samples with some of their bytes changed. */
const brokenText = fc.oneof(
  object.map((value) => JSON.stringify(value)),
  damagedText(fc.constantFrom(...samples)),
  damagedText(object.map((value) => JSON.stringify(value))),
);

const messages = methods.map((method) =>
  messageOf(method.input).map((value) => ({ method, text: JSON.stringify(value) })),
);
const call = fc.oneof(
  { weight: 3, arbitrary: fc.oneof(...messages) },
  { weight: 1, arbitrary: fc.record({ method: anyMethod, text: brokenText }) },
);

/** Calls with JSON, over the path of the method or over that of REST. */
export const jsonCalls = fc
  .tuple(call, fc.boolean())
  .map(([{ method, text }, isRest]) => ({ method, bytes: Buffer.from(text), isRest }));
