import { describe, expect, test } from "vitest";
import { exportFormats } from "../../src/cli/run/export-formats.ts";
import { environmentProblem, findNameObstacles, nameOf, type Variable } from "../../src/cli/run/variables.ts";

const variable = (value: string, name = "NAME"): Variable => ({ key: "app/NAME", name, value });
const { dotenv, shell, json, yaml, "docker-env": docker } = exportFormats;

describe("the name of a variable", () => {
  const naming = { upper: false, prefix: "", allowed: new Set<string>() };

  test.each([
    ["prod/db/main-url", {}, "db_main-url"],
    ["prod/db/main-url", { upper: true }, "DB_MAIN_URL"],
    ["prod/db/main-url", { namespace: "prod/db" }, "main-url"],
    ["prod/db/main-url", { namespace: "prod/d" }, "db_main-url"],
    ["prod/URL", { prefix: "TF_VAR_" }, "TF_VAR_URL"],
    ["URL", { namespace: "URL" }, "URL"],
    ["URL", {}, "URL"],
  ])("%s with %j is %s", (key, more, name) => {
    expect(nameOf(key, { ...naming, ...more })).toBe(name);
  });

  test("is that of one secret, and of nothing that changes what programs load unless that is allowed", () => {
    const variables = [
      { key: "a/X", name: "X", value: "" },
      { key: "b/X", name: "X", value: "" },
      { key: "a/PATH", name: "PATH", value: "" },
    ];
    expect(findNameObstacles(variables, naming)).toEqual([
      { key: "b/X", reason: "has the name X, and so has a/X" },
      { key: "a/PATH", reason: expect.stringContaining("changes what shells load; if you mean it, use --allow-name") },
    ]);
    const allowed = { ...naming, allowed: new Set(["PATH", "X"]) };
    expect(findNameObstacles(variables, allowed).map(({ key }) => key)).toEqual(["b/X"]);
  });

  test("has letters, digits and '_', and a value has no NUL", () => {
    for (const name of ["A", "_a1", "a"]) expect(environmentProblem(variable("v", name))).toBeUndefined();
    for (const name of ["", "1A", "A-B", "A B", "Ä"]) {
      expect(environmentProblem(variable("v", name))).toContain("is not a valid variable name");
    }
    expect(environmentProblem(variable("a\0b"))).toContain("NUL");
  });
});

describe("a format of an export", () => {
  test.each([
    ["plain", "NAME='plain'\n"],
    ['with " $ and `', "NAME='with \" $ and `'\n"],
    ["it's", 'NAME="it\'s"\n'],
    ["two\nlines", "NAME='two\nlines'\n"],
  ])("dotenv writes %j", (value, text) => {
    expect(dotenv.problem(variable(value))).toBeUndefined();
    expect(dotenv.write([variable(value)])).toBe(text);
  });

  test.each([
    ["a\\\\b", "two backslashes"],
    ["$\u007bHOME}", "has $\u007b"],
    ["a\rb", "carriage return"],
    ["it's $5", "single quote and one of"],
    ["it's `x`", "single quote and one of"],
    ['it\'s "x"', "single quote and one of"],
    ["ends with \\", "ends with a backslash"],
    ["a\0b", "NUL"],
  ])("dotenv cannot carry %j", (value, problem) => {
    expect(dotenv.problem(variable(value))).toContain(problem);
  });

  test("dotenv and shell refuse names of shells, and dotenv __proto__", () => {
    expect(dotenv.problem(variable("v", "__proto__"))).toContain("npm's dotenv drops");
    expect(shell.problem(variable("v", "__proto__"))).toBeUndefined();
    for (const format of [dotenv, shell]) expect(format.problem(variable("v", "UID"))).toContain("reserve");
    for (const format of [dotenv, shell, docker]) {
      expect(format.problem(variable("v", "1A"))).toContain("is not a valid variable name");
    }
  });

  test("shell has quotes that nothing gets out of", () => {
    expect(shell.write([variable("it's; $(x)"), variable("", "B")])).toBe(
      "export NAME='it'\\''s; $(x)'\nexport B=''\n",
    );
    expect(shell.problem(variable("any \\ ' \" $\u007bx}\r\n"))).toBeUndefined();
  });

  test("docker takes lines of 64 KiB, with the line break", () => {
    const rest = 64 * 1024 - "NAME=\n".length;
    expect(docker.problem(variable("x".repeat(rest)))).toBeUndefined();
    expect(docker.problem(variable("x".repeat(rest + 1)))).toBe(
      "makes a line of 65537 bytes, and docker reads at most 65536",
    );
    for (const value of ["a\nb", "a\rb"]) expect(docker.problem(variable(value))).toContain("line break");
    expect(docker.write([variable("a 'b' \"c\"")])).toBe("NAME=a 'b' \"c\"\n");
  });

  test("JSON and YAML carry everything", () => {
    const variables = [variable('a"b\n\0'), variable("yes", "B")];
    for (const each of variables) {
      expect([json.problem(each), yaml.problem(each)]).toEqual([undefined, undefined]);
    }
    expect(JSON.parse(json.write(variables))).toEqual({ NAME: 'a"b\n\0', B: "yes" });
    expect(yaml.write([variable("yes", "B")])).toBe('B: "yes"\n');
  });
});
