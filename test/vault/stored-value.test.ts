import fc from "fast-check";
import { expect, test } from "vitest";
import { keyProblem } from "../../src/rules/secret-key.ts";
import { members, minify, toFields, toStored } from "../../src/vault/json-text.ts";
import { checkRandom } from "../support/random-draws.ts";
import { fieldsFor, isPathOf, valueIn } from "../support/vault/transport/stored-value.ts";

// The reader of the tests was written from the specification. Here both are compared.

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const difficult = [
  '{"b":1.10,"a":[1e400, {"c" : null}],"10":12345678901234567890}',
  '{"a":1,"a":2}',
  '{"a":{"b":1,"\\u0062":2}}',
  '{"value":"x"}',
  '{"value":"{\\"a\\":1}"}',
  '{"value":""}',
  '{"value":"seal.v1.x"}',
  '{"":"\\\\","\\"":"a b"}',
  '{"\u{1f600}":1,"\uffee":2}',
  "{}",
  "[1]",
  " {\n}",
  "{not json}",
  nested(32),
  nested(33),
];
const examples = difficult.map((text): [string] => [text]);
const value = fc.oneof(
  fc.constantFrom(...difficult),
  fc.string({ minLength: 1 }),
  fc.json(),
  fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })).map((object) => JSON.stringify(object, null, 1)),
);

test("a value is read from an answer as the service would store it", () => {
  checkRandom(
    fc.property(value, (text) => {
      const shown = toFields(text);
      const answer = {
        status: 200,
        headers: new Headers(),
        text: `{"data": {"data":${shown},"x":[]}}`,
        json: undefined,
      };
      expect(valueIn(answer)).toBe(toStored(members(minify(shown))));
    }),
    500,
    10,
    examples,
  );
});

test("fields are written so that the service stores the value", () => {
  checkRandom(
    fc.property(value, (text) => {
      const fields = fieldsFor(text);
      if (fields !== undefined) expect(toStored(members(fields))).toBe(text);
      else expect(/^[\t\n\r ]*\{|^seal\.v1\./.test(text)).toBe(true);
    }),
    500,
    10,
    examples,
  );
});

test("a path names a key", () => {
  const name = fc.array(fc.constantFrom("a", ".", "..", "a.b", "", "Z-9", "_+=@", "a b", "\u00e9", "x".repeat(90)), {
    maxLength: 10,
  });
  checkRandom(
    fc.property(name, (segments) => isPathOf(segments.join("/")) === (keyProblem(segments.join("/")) === undefined)),
    500,
  );
});
