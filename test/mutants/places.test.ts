import { describe, expect, test } from "vitest";
import { choosePlaces } from "./choose.ts";
import { testsOf } from "./coverage-map.ts";
import { reasonToSkip } from "./equivalent.ts";
import { applyPlace, findPlaces } from "./places.ts";

const source = `import { a } from "a";
/** One more: 1 + 1 === 2. */
export function f(x: 1 | 2, list: readonly number[]): boolean {
  if (x >= 2 && list.some((each) => each !== 0)) throw new Error("x > 2");
  check(x);
  const text = "1 + " + x;
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

test("tests of the same room come first, then the quick ones; a thread has the tests of its starter", () => {
  const tests = {
    "test/api/a.test.ts": { ms: 5, files: ["src/rules/x.ts", "src/store/sqlite/writer.ts"] },
    "test/api/b.test.ts": { ms: 1, files: ["src/rules/x.ts"] },
    "test/rules/c.test.ts": { ms: 9, files: ["src/rules/x.ts"] },
    "test/rules/d.test.ts": { ms: 9, files: ["src/rules/y.ts"] },
  };
  const names = (file: string) => testsOf({ tests }, file).map(({ test }) => test);
  expect(names("src/rules/x.ts")).toEqual(["test/rules/c.test.ts", "test/api/b.test.ts", "test/api/a.test.ts"]);
  expect(names("src/store/sqlite/group-commit.ts")).toEqual(["test/api/a.test.ts"]);
  expect(names("src/rules/z.ts")).toEqual([]);
});
