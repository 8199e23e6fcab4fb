import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerOf, versionFacts } from "../../src/vault/answers.ts";
import { members, mergePatch, minify, readObject, toFields, toObject, toStored } from "../../src/vault/json-text.ts";
import { checkRandom } from "../support/random-draws.ts";

/** Any JSON object, as a client may write it. */
const object = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 });
const spaced = object.map((value) => JSON.stringify(value, null, 2));
const anyText = fc.oneof(fc.string({ unit: "grapheme", minLength: 1 }), spaced, fc.json());

describe("fields and values", () => {
  test("fields come back exactly, also those that look like something else", () => {
    const difficult = [
      '{"value":"{\\"a\\":1}"}',
      '{"value":""}',
      "{}",
      '{"value":"seal.v1.x"}',
      '{"value":{"a":1}}',
      '{"value":"x","other":1}',
      '{"n":1.10,"big":12345678901234567890,"far":1e400,"z":null,"l":[1,{"a":[]}]}',
      '{"value":"  {\\"a\\": 1}"}',
      '{"value":"\\ud800"}',
      '{"__proto__":1,"constructor":{"a":2}}',
    ];
    for (const fields of difficult) expect(equalMembers(toFields(toStored(members(fields))), fields)).toBe(true);
    checkRandom(
      fc.property(spaced, (text) => {
        const fields = readObject(text) ?? "";
        return equalMembers(toFields(toStored(members(fields))), fields);
      }),
    );
  });

  test("a value that was read and is written back stays as it is, but for white space", () => {
    checkRandom(
      fc.property(anyText, (value) => {
        const shown = toFields(value);
        const again = toStored(members(shown));
        return toFields(again) === toFields(toStored(members(toFields(again)))) && equalMembers(toFields(again), shown);
      }),
    );
  });

  test("equal fields in another order are the same value", () => {
    checkRandom(
      fc.property(object, (value) => {
        const fields = members(minify(JSON.stringify(value)));
        return toStored(fields) === toStored(new Map([...fields].toReversed()));
      }),
    );
  });

  test("what is not one object, names something twice or is too deep is a text", () => {
    const deep = `${'{"a":'.repeat(33)}1${"}".repeat(33)}`;
    for (const value of ["x", "[1]", '{"a":1,"a":2}', '{"b":{"a":1,"\\u0061":2}}', '{"a":1}{}', '{"a":}', "1", deep]) {
      expect(toFields(value)).toBe(JSON.stringify({ value }));
    }
    const deepest = `${'{"a":'.repeat(32)}1${"}".repeat(32)}`;
    expect(toFields(deepest)).toBe(deepest);
  });
});

test("an answer with the fields of any value is valid JSON", () => {
  const facts = versionFacts({ version: 1, changedAtMs: 0, metadata: [["a", '"}']] });
  checkRandom(
    fc.property(anyText, (value) => {
      const data = `{"data":${toFields(value)},"metadata":${facts}}`;
      const answer = JSON.parse(answerOf({ status: 200, data }, 'id"').text);
      expect(answer).toMatchObject({
        request_id: 'id"',
        data: { metadata: { version: 1, custom_metadata: { a: '"}' } } },
      });
      expect(answer.data.data).toEqual(JSON.parse(toFields(value)));
    }),
  );
});

describe("patches", () => {
  test("a patch does what RFC 7396 says", () => {
    checkRandom(
      fc.property(object, object, (target, patch) => {
        const merged = mergePatch(minify(JSON.stringify(target)), minify(JSON.stringify(patch)));
        expect(JSON.parse(merged)).toEqual(JSON.parse(JSON.stringify(reference(target, patch))));
      }),
    );
  });

  test("members that a patch does not name keep their text", () => {
    const merged = mergePatch('{"a":1.10,"b":{"c":1e400,"d":2}}', '{"b":{"d":null},"e":12345678901234567890}');
    expect(merged).toBe('{"a":1.10,"b":{"c":1e400},"e":12345678901234567890}');
  });
});

function equalMembers(a: string, b: string): boolean {
  const [x, y] = [members(a), members(b)];
  return x.size === y.size && [...x].every(([name, raw]) => y.get(name) === raw) && toObject(x) === a;
}

/** The algorithm of RFC 7396, on parsed values. */
function reference(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === "object" && target !== null && !Array.isArray(target);
  const merged = new Map<string, unknown>(isObject ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, reference(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}
