import { load } from "js-yaml";
import { expect, test } from "vitest";
import { escapeForDisplay, toJson } from "../../src/cli/print/escape.ts";
import { formatResult } from "../../src/cli/print/structured.ts";
import { formatTable } from "../../src/cli/print/table.ts";

test("columns are aligned, and an empty cell is still a column", () => {
  expect(
    formatTable(
      ["A", "B", "C"],
      [
        ["long one", "", "x"],
        ["é", "yy", ""],
      ],
    ),
  ).toBe("A         B   C\nlong one  -   x\né         yy  -\n");
  expect(formatTable(["A"], [["x"]], false)).toBe("x\n");
});

test("threat 77: escapes and line breaks are written out", () => {
  expect(formatTable(["A"], [["a\x1b[2Jb\nc\u202e"]], false)).toBe("a\\x1b[2Jb\\nc\\u{202e}\n");
  expect(escapeForDisplay("\t\r\u{e0001}")).toBe("\\t\\r\\u{e0001}");
});

test("threat 77: JSON stays the same for programs", () => {
  const value = { text: "\x7f\x9b\u2028\u202e\u{e0001}é😀\n" };
  const json = toJson(value);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).not.toMatch(/[\x7f-\x9f\u2028\u202e]/);
});

test("threat 77: YAML stays the same for programs", async () => {
  const value = [{ a: "\x7f\x9b\u2028\u202e\u{e0001}é😀\n", b: "two\nlines\u202e", "\u202ec": "\u202e", d: "plain" }];
  const yaml = await formatResult("yaml", value, () => "");
  expect(load(yaml)).toEqual(value);
  expect(yaml).not.toMatch(/[\x7f-\x9f\u2028\u202e]|\u{e0001}/u);
  expect(yaml).toContain("é😀");
  expect(yaml).toMatch(/\n {2}d: plain\n$/);
});
