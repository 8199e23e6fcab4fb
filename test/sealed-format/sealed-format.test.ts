import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { SealedPlace } from "../../src/crypto/sealed-text.ts";
import { sampleRandom } from "../support/random-draws.ts";
import {
  goProgram,
  preparationMs,
  pythonProgram,
  type SealingProgram,
  writeVectors,
} from "../support/sealed-format/programs.ts";
import { serviceProgram } from "../support/sealed-format/service-program.ts";
import { readVectors, type SealedVector, vectorFolder } from "../support/sealed-format/vector.ts";

// docs/sealed-format.md three times: by the service, and by strangers on Go's standard library and on Python's
// `cryptography`. The vectors were written by the one in Python; they are made anew with UPDATE_GOLDEN=1, never under
// CI.

const names = ["the service", "Go", "Python"] as const;
const programs = new Map<string, SealingProgram>();
const vectors: { readonly name: string; readonly vector: SealedVector }[] = [];

beforeAll(async () => {
  if (process.env.UPDATE_GOLDEN === "1") {
    if (process.env.CI !== undefined) expect.unreachable("vectors are never rewritten under CI");
    await writeVectors(vectorFolder);
  }
  vectors.push(...readVectors());
  for (const program of [serviceProgram, goProgram, await pythonProgram()]) programs.set(program.name, program);
}, preparationMs);

function programOf(name: string): SealingProgram {
  const program = programs.get(name);
  if (program === undefined) throw new Error(`there is no program ${name}`);
  return program;
}

describe("vectors", () => {
  test("cover success and each class of failure", () => {
    const classes = Object.groupBy(vectors, ({ vector }) => vector.expect);
    expect(Object.entries(classes).map(([name, members]) => [name, members?.length ?? 0])).toEqual([
      ["derives", 2],
      ["does-not-open", 17],
      ["malformed", 30],
      ["misplaced", 7],
      ["opens", 12],
      ["unknown-key", 1],
    ]);
  });

  test.each(names)("are what %s makes of them", async (name) => {
    const answers = await programOf(name).ask(vectors.map(({ vector }) => requestOf(vector)));
    const seen = answers.map((answer, at) => [vectors[at]?.name, answer]);
    expect(seen).toEqual(vectors.map((each) => [each.name, answerOf(each.vector)]));
  });
});

describe("what one seals, another opens", () => {
  const places: readonly SealedPlace[] = [
    { tenant: "default", scope: "key", target: "prod/API_KEY" },
    { tenant: "t".repeat(64), scope: "principal", target: "p".repeat(64) },
    { tenant: "a", scope: "key", target: `a/b_c.d+e=f@g-h/${"k".repeat(239)}` },
  ];
  const values = [
    "x",
    "päss 🔑\r\n\t\u0000\\\"'",
    "y".repeat(65_536),
    ...sampleRandom(fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }), 20),
  ];

  const blobs = ["AA==", "/w==", Buffer.alloc(65_536, 0xfe).toString("base64"), Buffer.from("text").toString("base64")];

  test.each(names.flatMap((from) => names.map((to) => [from, to] as const)))("from %s to %s", async (from, to) => {
    const [key = {}] = await programOf(from).ask([{ op: "derive", keyringKey: "5a".repeat(32) }]);
    const { kid = "", seed = "", publicKey = "" } = key;
    const given = [...values.map((value) => ({ value })), ...blobs.map((valueBytes) => ({ valueBytes }))];
    const cases = given.map((value, at) => ({ ...value, place: places[at % places.length] }));
    const sealed = await programOf(from).ask(cases.map((each) => ({ op: "seal", kid, publicKey, ...each })));
    const requests = sealed.map(({ text }, at) => ({
      op: "open",
      keys: { [kid]: seed },
      places: [cases[at]?.place],
      text,
    }));
    expect(await programOf(to).ask(requests)).toEqual(given);
  });
});

function requestOf(vector: SealedVector): object {
  if (vector.expect === "derives") return { op: "derive", keyringKey: vector.keyringKey };
  const { keys, places, text } = vector;
  return { op: "open", keys, places, text };
}

function answerOf(vector: SealedVector): object {
  if (vector.expect === "derives") {
    const { kid, seed, publicKey } = vector;
    return { kid, seed, publicKey };
  }
  if (vector.expect !== "opens") return { error: vector.expect };
  return vector.valueBytes === undefined ? { value: vector.value } : { valueBytes: vector.valueBytes };
}
