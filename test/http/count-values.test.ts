import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SaveSecretsRequestSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { checkBinarySize } from "../../src/http/call/count-binary-values.ts";
import { checkJsonSize } from "../../src/http/call/count-json-values.ts";
import { requestLimits } from "../../src/http/call/request-limits.ts";

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
  fc.assert(
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

test("text that is no JSON ends the count, too", () => {
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

test("binary input that is no message is refused or left to the decoder, and always ends", () => {
  fc.assert(
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
