import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Captures, countReadings, parseNameTemplate, renderNames } from "../../src/jwt/name-template.ts";
import { checkRandom } from "../support/random-draws.ts";

function parse(text: string) {
  const template = parseNameTemplate(text);
  if (template === undefined) throw new Error(`${text} is not a template`);
  return template;
}

const captures = (values: Record<string, string>): Captures =>
  new Map(Object.entries(values).map(([name, value]) => [name, { values: [value], isFromList: false }]));

describe("a template of names", () => {
  test.each([
    "",
    "-",
    "a-",
    "-a",
    "a--b",
    "A",
    "a_b",
    "a/b",
    "{}",
    "{a",
    "a}",
    "{a}b",
    "{a b}",
    "{1}",
    "{a}-{b",
    "a{b}",
  ])("%j is refused", (text) => {
    expect(parseNameTemplate(text)).toBeUndefined();
  });

  test("puts values in their places, and leaves out what is not a slug", () => {
    expect(renderNames(parse("k8s-{ns}-{name}"), captures({ ns: "a", name: "b-c" }))).toEqual(["k8s-a-b-c"]);
    expect(renderNames(parse("k8s-{ns}"), captures({}))).toEqual([]);
    expect(renderNames(parse("k8s-{ns}"), captures({ ns: "a".repeat(61) }))).toEqual([]);
    const several = new Map([["g", { values: ["a", "b"], isFromList: true }]]);
    expect(renderNames(parse("team-{g}"), several)).toEqual(["team-a", "team-b"]);
  });

  test("can be read back in as many ways as its dashes allow", () => {
    const both = [parse("{a}-{b}")];
    expect(countReadings(both, "x-y")).toBe(1);
    expect(countReadings(both, "x-y-z")).toBe(2);
    expect(countReadings(both, "x")).toBe(0);
    expect(countReadings([parse("{a}-sa-{b}")], "x-y-sa-z")).toBe(1);
    expect(countReadings([parse("{a}-sa-{b}")], "x-sa-y-sa-z")).toBe(2);
    expect(countReadings([parse("repo-{r}"), parse("team-{t}")], "repo-team-x")).toBe(1);
    expect(countReadings([parse("{r}"), parse("deployers")], "deployers")).toBe(2);
  });

  test("threat 7: no name that is read in one way is made of two different sets of values", () => {
    const word = fc.stringMatching(/^[ab]{1,2}$/);
    const value = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join("-"));
    const templates = ["{x}-{y}", "{x}-a-{y}", "b-{x}-{y}", "{x}-a-{y}-b"].map((text) => [parse(text)] as const);
    const property = fc.property(
      fc.constantFrom(...templates),
      value,
      value,
      value,
      value,
      ([template], x, y, x2, y2) => {
        const [name = ""] = renderNames(template, captures({ x, y }));
        const [other] = renderNames(template, captures({ x: x2, y: y2 }));
        const isSame = x === x2 && y === y2;
        expect(countReadings([template], name)).toBeGreaterThan(0);
        if (name === other && !isSame) expect(countReadings([template], name)).toBeGreaterThan(1);
      },
    );
    checkRandom(property, 2_000);
  });
});
