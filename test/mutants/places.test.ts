import { describe, expect, test } from "vitest";
import { choosePlaces } from "./choose.ts";
import { hashOf, mergeMaps, testsOf } from "./coverage-map.ts";
import { reasonToSkip } from "./equivalent.ts";
import { applyPlace, findPlaces } from "./places.ts";
import { coveredRanges, isCovered } from "./ranges.ts";

const source = `import { a } from "a";
/** One more: 1 + 1 === 2. */
export function f(x: 1 | 2, list: readonly number[]): boolean {
  if (x >= 2 && list.some((each) => each !== 0)) throw new Error("x > 2");
  check(x);
  const text = "1 + " + x.toString();
  return !a(Math.max(x, 3), text) ?? true;
}
`;

describe("the places of a file", () => {
  const places = findPlaces("src/f.ts", source);

  test("are what the program does, not types, texts, comments and imports", () => {
    expect(places.map(({ line, before, after }) => `${line}: ${before} -> ${after}`).sort()).toEqual(
      [
        "4: && -> ||",
        "4: !== -> ===",
        "4: 0 -> (0 + 1)",
        "4: 2 -> (2 + 1)",
        "4: >= -> >",
        "4: some -> every",
        '4: throw new Error("x > 2"); -> ;',
        "4: x >= 2 && list.some((each) => each !== 0) -> !(x >= 2 && list.some((each) => each !== 0))",
        "5: check(x); -> ;",
        "7: ! -> ",
        "7: 3 -> (3 + 1)",
        "7: ?? -> &&",
        "7: max -> min",
        "7: true -> false",
      ].sort(),
    );
  });

  test("are changed alone", () => {
    for (const place of places) {
      const changed = applyPlace(source, place);
      expect(changed).not.toBe(source);
      expect(applyPlace(changed, { ...place, end: place.start + place.after.length, after: place.before })).toBe(
        source,
      );
    }
  });

  test("are chosen by the seed, each at most once", () => {
    const chosen = choosePlaces(places, 5, 7);
    expect(chosen).toHaveLength(5);
    expect(new Set(chosen).size).toBe(5);
    expect(choosePlaces(places, 5, 7)).toEqual(chosen);
    expect(choosePlaces(places, 5, 8)).not.toEqual(chosen);
    expect(choosePlaces(places, 99, 7)).toHaveLength(places.length);
  });

  test("that make no difference are left out, as long as their line stays the same", () => {
    const place = places.find(({ after }) => after === "min");
    if (place === undefined) throw new Error("there is no such place");
    const line = "return !a(Math.max(x, 3), text) ?? true;";
    const known = [{ file: "src/f.ts", line, before: "max", after: "min", reason: "x is 3" }];
    expect(reasonToSkip(place, source, known)).toBe("x is 3");
    expect(reasonToSkip(place, source.replace("x, 3", "x, 4"), known)).toBeUndefined();
    expect(reasonToSkip(place, source, [{ ...known[0], after: "max" } as (typeof known)[number]])).toBeUndefined();
  });
});

describe("the tests of a place", () => {
  const text = "x".repeat(100);
  const hashes = { "src/rules/x.ts": hashOf(text) };
  const tests = {
    "test/api/a.test.ts": { ms: 5, files: { "src/rules/x.ts": [10, 20], "src/store/sqlite/writer.ts": [0, 9] } },
    "test/api/b.test.ts": { ms: 1, files: { "src/rules/x.ts": [10, 20, 30, 40] } },
    "test/rules/c.test.ts": { ms: 9, files: { "src/rules/x.ts": [10, 40] } },
    "test/rules/d.test.ts": { ms: 9, files: { "src/rules/y.ts": [0, 9] } },
  };
  const names = (file: string, start: number, source = text) =>
    testsOf({ tests, hashes }, { file, start }, source).map(({ test }) => test);

  test("are those that run it, of the same room first, then the quick ones", () => {
    expect(names("src/rules/x.ts", 15)).toEqual(["test/rules/c.test.ts", "test/api/b.test.ts", "test/api/a.test.ts"]);
    expect(names("src/rules/x.ts", 30)).toEqual(["test/rules/c.test.ts", "test/api/b.test.ts"]);
    expect(names("src/rules/x.ts", 20)).toEqual(["test/rules/c.test.ts"]);
    expect(names("src/rules/z.ts", 15)).toEqual([]);
  });

  test("are those of the whole file outside its functions, and when it has changed", () => {
    const all = ["test/rules/c.test.ts", "test/api/b.test.ts", "test/api/a.test.ts"];
    expect(names("src/rules/x.ts", 50)).toEqual(all);
    expect(names("src/rules/x.ts", 30, `${text} `)).toEqual(all);
  });

  test("are the close ones first, but not those that take much longer", () => {
    const slow = { ...tests, "test/rules/c.test.ts": { ...tests["test/rules/c.test.ts"], ms: 30_000 } };
    const found = testsOf({ tests: slow, hashes }, { file: "src/rules/x.ts", start: 15 }, text);
    expect(found.map(({ test }) => test)).toEqual(["test/api/b.test.ts", "test/api/a.test.ts", "test/rules/c.test.ts"]);
  });

  test("are also those that were found out later; a file that changed in between counts as a whole", () => {
    const e = { "test/rules/e.test.ts": { ms: 1, files: { "src/rules/x.ts": [90, 95] } } };
    const at15 = (hash: string) =>
      testsOf(
        mergeMaps({ tests, hashes }, { tests: e, hashes: { "src/rules/x.ts": hash } }),
        { file: "src/rules/x.ts", start: 15 },
        hash === hashes["src/rules/x.ts"] ? text : `${text} `,
      ).map(({ test }) => test);
    expect(at15(hashOf(text))).not.toContain("test/rules/e.test.ts");
    expect(at15(hashOf(`${text} `))).toContain("test/rules/e.test.ts");
    expect(mergeMaps(undefined, { tests: e, hashes })).toEqual({ tests: e, hashes });
  });

  test("are those of its starter for a thread", () => {
    expect(names("src/store/sqlite/group-commit.ts", 5)).toEqual(["test/api/a.test.ts"]);
  });
});

test("a part of a file ran if the smallest range around it was counted", () => {
  const range = (startOffset: number, endOffset: number, count: number) => ({ startOffset, endOffset, count });
  const functions = [
    { functionName: "", ranges: [range(0, 100, 1)] },
    { functionName: "f", ranges: [range(10, 50, 2), range(20, 30, 0), range(24, 26, 3)] },
    { functionName: "g", ranges: [range(60, 70, 0)] },
  ];
  expect(coveredRanges(functions)).toEqual([10, 20, 24, 26, 30, 50]);
  expect([9, 10, 19, 20, 25, 26, 49, 50].map((at) => isCovered([10, 20, 24, 26, 30, 50], at))).toEqual(
    [9, 10, 19, 20, 25, 26, 49, 50].map((at) => [10, 19, 25, 49].includes(at)),
  );
  expect(coveredRanges([])).toEqual([]);
});
