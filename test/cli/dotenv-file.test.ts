import { describe, expect, test } from "vitest";
import { readDotenv } from "../../src/cli/formats/dotenv-file.ts";

const read = (text: string) => readDotenv(".env", text).map(({ name, value }) => [name, value]);

describe("dotenv files (fault E5: a backtick is refused where the value begins with one)", () => {
  test.each([
    ["A=1", "1"],
    ["A=", ""],
    ["  export A = b c  # why", "b c"],
    ["A=b c # d#e", "b c"],
    ["A= # nothing", ""],
    ["A='it is $HOME # `x` \\n'", "it is $HOME # `x` \\n"],
    ['A="a\\nb"', "a\nb"],
    ['A="two\nlines" # why', "two\nlines"],
    ["A='-----BEGIN KEY-----\nabc\n-----END KEY-----\n'", "-----BEGIN KEY-----\nabc\n-----END KEY-----\n"],
    ["A=1\r\n", "1"],
    ["A=5$", "5$"],
    ["A=x`", "x`"],
    ["A=x `y`", "x `y`"],
    ["A=pa$5word", "pa$5word"],
  ])("%j", (text, value) => {
    expect(read(text)).toEqual([["A", value]]);
  });

  test("several lines, comments and blank ones between", () => {
    expect(read("# c\nA=1\n\n  # d\nB='2'\n  \nC=3")).toEqual([
      ["A", "1"],
      ["B", "2"],
      ["C", "3"],
    ]);
  });

  test.each([
    ["A=1\nnonsense", ".env:2: must be of the form NAME=value"],
    ["A=1\nA=2", ".env:2: A is in .env:1 already"],
    ["A='x", ".env:1: the quote that begins the value of A is not closed"],
    ["A='x' y", ".env:1: only a comment may follow the quoted value of A"],
    ['A="$HOME"', ".env:1: A holds a $ that some programs would replace with a variable"],
    ["A=x$B", ".env:1: A holds a $ that some programs would replace with a variable"],
    ['A="\\q"', ".env:1: A has a backslash within double quotes, which programs read differently"],
    ["A=`x`", ".env:1: A is in backticks, which few programs read as quotes"],
    ["A=`date` y", ".env:1: A is in backticks, which few programs read as quotes"],
    ["A=`", ".env:1: A is in backticks, which few programs read as quotes"],
    ["\ufeffA=1", ".env:1: starts with a byte order mark: save it without one"],
  ])("%j is refused", (text, message) => {
    expect(() => readDotenv(".env", text)).toThrow(expect.objectContaining({ message }));
  });

  test.each([
    "A=x#y",
    'A="a\\"b"',
    'A="a\\\\b"',
    'A="a\\$b"',
    'A="a\\tb"',
    'A="a\\rb"',
    'A="C:\\\\new"',
    "A='a\\\\b'",
    "A='it\\'",
    "A='x$" + "{Y}'",
  ])("fault D9: %s, which programs read differently, is refused", (text) => {
    expect(() => readDotenv(".env", text)).toThrow(/^\.env:1: A /);
  });

  test("the line is that of the assignment, after values of several lines", () => {
    expect(() => read("A='1\n2\n3'\n?")).toThrow(".env:4: must be of the form NAME=value");
  });
});
