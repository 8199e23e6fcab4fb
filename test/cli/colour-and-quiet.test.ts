import { describe, expect, test } from "vitest";
import { hasPseudoTerminals, typeOnTerminal } from "../support/cli/pseudo-terminal.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { ooPath } from "../support/cli/run-process.ts";

const red = "\x1b[31moo: error: \x1b[39mcannot reach";
const cyan = "\x1b[36moo: hint: \x1b[39mstart";
const url = ["--url", "http://127.0.0.1:1"];
const env = { OO_TOKEN: "oo_x", TERM: "xterm" };

/** What a terminal shows of a command that fails. */
const show = async (more: Record<string, string>, ...args: string[]) => {
  const { shown } = await typeOnTerminal({
    prompt: "nothing is asked",
    keys: "",
    program: ooPath,
    args: ["user", "whoami", ...url, ...args],
    env: { ...env, ...more },
  });
  return shown;
};

describe.runIf(hasPseudoTerminals)("colour", () => {
  test("is of the labels, on a terminal", async () => {
    const shown = await show({});
    expect(shown).toContain(red);
    expect(shown).toContain(cyan);
    expect(await show({ NO_COLOR: "" })).toContain(red);
  });

  test.each([[{ NO_COLOR: "1" }], [{ TERM: "dumb" }]])("is left out with %j", async (more) => {
    expect(await show(more)).toMatch(/^oo: error: cannot reach .*\r\noo: hint: start .*\r\n$/);
  });

  test("--quiet leaves out the hint, not the error", async () => {
    expect(await show({ NO_COLOR: "1" }, "--quiet")).toMatch(/^oo: error: cannot reach [^\n]*\r\n$/);
  });
});

test("there is no colour where there is no terminal", async () => {
  const { stderr } = await runOo(["user", "whoami", ...url], { env: { ...env, FORCE_COLOR: "1" } });
  expect(stderr).toMatch(/^oo: error: cannot reach .*\noo: hint: start .*\n$/);
});

test.each([[["-q", "user", "whoami"]], [["user", "whoami", "-q"]], [["user", "--quiet", "whoami"]]])(
  "%j: hints are left out",
  async (args) => {
    const { code, stderr } = await runOo([...args, ...url], { env });
    expect(code).toBe(1);
    expect(stderr).toBe("oo: error: cannot reach the service at http://127.0.0.1:1: connection refused\n");
  },
);
