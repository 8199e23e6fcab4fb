import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { looksLikeDotenv, readFile } from "../../console/model/files.ts";
import { readDotenv } from "../../src/cli/formats/dotenv-file.ts";
import { checkRandom } from "../support/random-draws.ts";

describe("a file that is brought in", () => {
  test("a dotenv file gives what oo reads, under the prefix", () => {
    const text = "# settings\nexport A=1\nB=\"two\\n\"\nC='$x'\n";
    const own = readDotenv(".env", text).map(({ name, value }) => ({ key: `prod/shop/${name}`, value }));
    expect(readFile(text, "prod/shop/")).toEqual({ kind: "dotenv", inputs: own });
  });

  test.each([
    ["YAML", "db:\n  URL: postgres://x\n  pool:\n    MAX: 0123\nKEY: no\n"],
    ["JSON", '{"db": {"URL": "postgres://x", "pool": {"MAX": "0123"}}, "KEY": "no"}'],
  ])("nested maps of %s become folders, and every value is a text", (_, text) => {
    expect(readFile(text, "").inputs).toEqual([
      { key: "db/URL", value: "postgres://x" },
      { key: "db/pool/MAX", value: "0123" },
      { key: "KEY", value: "no" },
    ]);
  });

  test("the file format of oo is read as it is, with lists and metadata", () => {
    const text = "- key: a/B\n  value: x\n  readers: [bob]\n  writers: []\n  metadata:\n    expires: 2027-01-01\n";
    expect(readFile(text, "prod")).toEqual({
      kind: "secrets",
      inputs: [
        { key: "prod/a/B", value: "x", readers: ["bob"], clear: ["writers"], metadata: { expires: "2027-01-01" } },
      ],
    });
  });

  test.each([
    ["A=1\nA=2\n", "line:2: A is in line:1 already"],
    ["A=$HOME\n", "line:1: A holds a $"],
    ["A:\n  - x\n", "line:2:3: a list is not a value"],
    ["A: \n", "line:1:1: there is no value after this name"],
    ["a b: x\n", "line:1:1: the key may only contain"],
    ["just text\n", "line:1:1: must be lines such as NAME=value"],
    ["A: &x y\n", "anchors (&) are not supported"],
  ])("%j is refused at its place", (text, problem) => {
    expect(() => readFile(text, "")).toThrow(problem);
  });

  test("an error never quotes the text", () => {
    checkRandom(
      fc.property(fc.string(), fc.nat(40), (noise, at) => {
        const canary = "c4n4ry-v4lue";
        const text = noise.slice(0, at) + canary + noise.slice(at);
        try {
          readFile(text, "");
        } catch (error) {
          expect((error as Error).message).not.toContain(canary);
        }
      }),
    );
  });

  test.each([
    ["# c\n\nexport A=1", true],
    ["A = 1", true],
    ["A: 1", false],
    ["{}", false],
    ["", false],
  ])("%j is a dotenv file: %s", (text, isDotenv) => {
    expect(looksLikeDotenv(text)).toBe(isDotenv);
  });
});
