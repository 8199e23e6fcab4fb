import { create, fromJsonString, toBinary } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SaveSecretsRequestSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { checkBinarySize } from "../../src/http/call/count-binary-values.ts";
import { checkJsonSize, refuseRepeatedNames } from "../../src/http/call/count-json-values.ts";
import { requestLimits } from "../../src/http/call/request-limits.ts";
import { checkRandom } from "../support/random-draws.ts";

function countValues(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + countValues(each), 1);
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

test("the count of JSON values is exact, whatever is in the strings and between the values", () => {
  checkRandom(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const values = countValues(value);
      const check = (requestValues: number, nesting: number) => () =>
        checkJsonSize(text, { ...requestLimits, requestValues, nesting });
      expect(passes(check(values, 10))).toBe(true);
      expect(passes(check(values - 1, 10))).toBe(false);
      expect(passes(check(values, depthOf(value)))).toBe(true);
      if (depthOf(value) > 0) expect(passes(check(values, depthOf(value) - 1))).toBe(false);
    }),
  );
});

test("text that is not JSON also ends the count", () => {
  for (const text of ['"', '"\\', "\\", '{"a', "}}}]", "", "nul", '"\\\\\\"', "\u{1f511}"]) {
    expect(passes(() => checkJsonSize(text, requestLimits))).toBe(true);
  }
});

test("the count of binary values includes fields, items and entries of maps", () => {
  const message = create(SaveSecretsRequestSchema, {
    secrets: Array.from({ length: 20 }, () => ({
      key: "x".repeat(100),
      readers: ["a", "b"],
      metadata: { m: "1", n: "2" },
    })),
  });
  const bytes = toBinary(SaveSecretsRequestSchema, message);
  // Each secret is a field with a key, two readers, and two entries of a map with name and value.
  const values = 20 * (1 + 1 + 2 + 2 * 3);
  const check = (requestValues: number) => () =>
    checkBinarySize(SaveSecretsRequestSchema, bytes, { ...requestLimits, requestValues });
  expect(passes(check(values))).toBe(true);
  expect(passes(check(values - 1))).toBe(false);
});

test("binary input that is not a message is refused or left to the decoder, and always ends", () => {
  checkRandom(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const check = () => checkBinarySize(SaveSecretsRequestSchema, bytes, { ...requestLimits, requestValues: 1 });
      try {
        check();
      } catch (error) {
        expect(error).toMatchObject({ name: "ConnectError" });
      }
    }),
  );
});

test("a name that an object has twice is found as protobuf finds it, whatever its escapes", () => {
  const name = fc.constantFrom('"a"', '"\\u0061"', '"b"', '"\\\\"', '"\\""', '"{"', '""', '"__proto__"');
  const { json } = fc.letrec<{ json: string }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("1", "null", '"a"', '"\\u0061\\\\"', '"]"'),
      fc.array(tie("json"), { maxLength: 3 }).map((items) => `[${items.join(" , ")}]`),
      fc.array(fc.tuple(name, tie("json")), { maxLength: 4 }).map((pairs) => {
        return `{${pairs.map(([key, value]) => `${key}:${" ".repeat(20)}${value}`).join(",")}}`;
      }),
    ),
  }));
  checkRandom(
    fc.property(json, (text) => {
      const isAccepted = passes(() => void fromJsonString(ValueSchema, text));
      expect(passes(() => refuseRepeatedNames(text, "x"))).toBe(isAccepted);
    }),
    2000,
  );
});

test("fault A6: an object with very many names is refused before it is parsed", () => {
  const objectOf = (count: number) =>
    `{"secrets":[{"metadata":{${Array.from({ length: count }, (_, at) => `"n${at}":"v"`).join(",")}}}]}`;
  expect(passes(() => checkJsonSize(objectOf(1000), requestLimits))).toBe(true);
  expect(passes(() => checkJsonSize(objectOf(1001), requestLimits))).toBe(false);
  // Names of one object do not count for the next.
  const objects = `[${Array.from({ length: 3 }, () => objectOf(600)).join(",")}]`;
  expect(passes(() => checkJsonSize(objects, requestLimits))).toBe(true);
});

test("white space of any length is passed over", () => {
  for (const length of [0, 1, 15, 16, 17, 40, 100_000]) {
    const space = " \n\r\t".repeat(length).slice(0, length);
    const text = `${space}[${space}1,${space}"a"${space}]${space}`;
    expect(passes(() => checkJsonSize(text, { ...requestLimits, requestValues: 3 }))).toBe(true);
    expect(passes(() => checkJsonSize(text, { ...requestLimits, requestValues: 2 }))).toBe(false);
  }
});
