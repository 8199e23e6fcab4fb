import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changeContexts } from "../../src/cli/frame/context-file.ts";
import { hasPseudoTerminals, typeOnTerminal } from "../support/cli/pseudo-terminal.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { ooPath } from "../support/cli/run-process.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

const module = new URL("../../src/cli/frame/hidden-prompt.ts", import.meta.url).href;
const script = `
  const { promptHidden } = await import(${JSON.stringify(module)});
  try { process.stdout.write((await promptHidden("Value: ")).toString("hex")); }
  catch (error) { process.stdout.write("error: " + error.message); }
`;
const type = (keys: string) =>
  typeOnTerminal({
    prompt: "Value: ",
    keys,
    program: process.execPath,
    args: ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script],
  });

describe.runIf(hasPseudoTerminals)("threat 84: the prompt on the terminal", () => {
  test("takes what is typed byte for byte and shows none of it", async () => {
    const { stdout, shown } = await type("  pä$(x)\t'\"\\ \r");
    expect(Buffer.from(stdout, "hex").toString()).toBe("  pä$(x)\t'\"\\ ");
    expect(shown.trim()).toBe("Value:");
  });

  test("lets characters and lines be taken back", async () => {
    const { stdout } = await type("xyz\x15aé\x7fb\x7f\x7fc\r");
    expect(Buffer.from(stdout, "hex").toString()).toBe("c");
  });

  test("fault D8: keys that edit or mean nothing never become a part of it", async () => {
    const { stdout } = await type("ab cd\x17\x1b[D\x1b[1;5C\x1bOA\x1bf\x1a\x01x\x1b[200~yz\x1b[201~\r");
    expect(Buffer.from(stdout, "hex").toString()).toBe("ab xyz");
    expect((await type("abc\x1b")).stdout).toBe("error: cancelled");
  });

  test("is cancelled by Ctrl-C and Ctrl-D", async () => {
    expect((await type("abc\x03")).stdout).toBe("error: cancelled");
    expect((await type("abc\x04")).stdout).toBe("error: cancelled");
  });

  test("refuses several pasted lines", async () => {
    expect((await type("one\rtwo\r")).stdout).toBe("error: more than one line was pasted");
  });
});

describe.runIf(hasPseudoTerminals)("logging in on a terminal", () => {
  let service: CliService;
  const home = mkdtempSync(join(tmpdir(), "oo-home-"));
  beforeAll(async () => {
    service = await startCliService();
  });
  afterAll(async () => {
    await service.stop();
    rmSync(home, { recursive: true });
  });
  const env = { HOME: home, XDG_STATE_HOME: home };
  const oo = (args: readonly string[], prompt = "never shown", keys = "") =>
    typeOnTerminal({ prompt, keys, program: ooPath, args, env });

  test("threat 84: the token is asked for and never shown", async () => {
    const { adminToken, url } = service.server;
    const { stdout, shown } = await oo(["login", url, "--with", "token"], "Token: ", `${adminToken}\r`);
    expect(stdout).toContain(`logged in to ${url} as admin of default`);
    expect(`${stdout}${shown}`).not.toContain(adminToken);
    expect(shown.trim()).toBe("Token:");
  });

  test("in the last ten minutes oo says when the session ends, on a terminal only", async () => {
    const context = async (minutes: number) => {
      const ends = new Date(Date.now() + minutes * 60_000).toISOString();
      await changeContexts({ env }, ({ current, contexts }) => {
        const [name = "", context] = Object.entries(contexts)[0] ?? [];
        if (context === undefined) throw new Error("no one is logged in");
        return [{ current, contexts: { [name]: { ...context, ends } } }, undefined];
      });
    };
    await context(11);
    expect((await oo(["whoami"])).shown).toBe("");
    await context(9);
    const warned = await oo(["whoami"]);
    expect(warned.shown).toMatch(/your session at 127\.0\.0\.1:\d+ ends at \d\d:\d\d/);
    expect(warned.stdout).toContain("admin");
    const piped = await runOo(["whoami"], { env });
    expect(piped).toMatchObject({ code: 0, stderr: "" });
  });
});

describe.runIf(hasPseudoTerminals)("threat 84: saving on a terminal", () => {
  let service: CliService;
  beforeAll(async () => {
    service = await startCliService();
  });
  afterAll(() => service.stop());
  const save = (prompt: string, keys: string, ...args: string[]) =>
    typeOnTerminal({
      prompt,
      keys,
      program: ooPath,
      args: ["secret", "save", ...args],
      env: { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken },
    });

  test.each([[["TYPED"]], [["TYPED_TOO", "-"]]])("%j asks for the value unseen", async (args) => {
    const { stdout, shown } = await save("Enter secret value: ", " sk_live \r", ...args);
    expect(stdout).toBe(`created ${args[0]} (version 1)\n`);
    expect(shown.trim()).toBe(`${args[0]}: Enter secret value:`);
    expect((await service.admin(["secret", "list", "--show"])).stdout).toContain('value: " sk_live "\n');
  });

  test("documented 1: a value in the arguments gets a hint", async () => {
    const { stdout, shown } = await save("never asked", "", "ARGUMENT", "sk_live");
    expect(stdout).toBe("created ARGUMENT (version 1)\n");
    expect(shown).toMatch(/^oo: hint: a value in the arguments shows in `ps`[^\n]*\n$/);
  });
});
