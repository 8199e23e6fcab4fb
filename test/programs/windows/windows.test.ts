import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeEach, expect, type TestContext, test } from "vitest";
import { typeOnTerminal } from "../../support/cli/pseudo-terminal.ts";
import type { Run } from "../../support/cli/run.ts";
import { runOo } from "../../support/cli/run-oo.ts";
import { needWindows, type Windows } from "../../support/programs/wine.ts";
import { type ServerProcess, startServer } from "../../support/server-process.ts";

// `oo.exe` as a release has it, in Wine, with a service on Linux. What is not shown here: a real Windows.

let started: { readonly windows: Windows; readonly service: ServerProcess } | undefined;

beforeEach(async (context: TestContext) => {
  started ??= { windows: await needWindows(context), service: await startServer() };
});
afterAll(async () => {
  await started?.windows[Symbol.asyncDispose]();
  await started?.service.stop();
});

function own() {
  if (started === undefined) throw new Error("not started");
  const { windows, service } = started;
  const env = { OO_URL: service.url, OO_TOKEN: service.adminToken };
  return {
    ...started,
    env,
    put: (name: string, text: string | Uint8Array) => writeFileSync(join(windows.folder, name), text),
    taken: (name: string) => readFileSync(join(windows.folder, name), "utf8"),
    oo: (...runs: readonly (readonly string[])[]) => windows.oo(runs.map((args) => ({ args, env }))),
  };
}

/** Types on a terminal, where standard output is a file: Node gives a program of Wine no pipe of Linux. */
async function type(
  args: readonly string[],
  prompt: string,
  keys: string | string[],
  more: Record<string, string> = {},
) {
  const { windows, env } = own();
  const { program, args: before, env: wine } = windows.start;
  // Ctrl-C must not end the shell.
  const script = `trap : INT; cd "$1"; out=$2; shift 2; "$@" >"$out"; echo "ended with $?" >&2`;
  const { shown } = await typeOnTerminal({
    prompt,
    keys,
    program: "sh",
    args: ["-c", script, "sh", windows.folder, "typed.txt", program, ...before, ...args],
    env: { ...wine, ...env, ...more },
  });
  return { shown, stdout: own().taken("typed.txt") };
}

/** Wine goes on showing what is typed until something reads it. */
const whenHidden = { WHEN_HIDDEN: "1" };

const printed = (run: Run | undefined) => ({ ...run, stdout: run?.stdout.trim().split(/\s*\r?\n/) });

test("saves, lists, gets and runs", async () => {
  const { windows, env, put, oo } = own();
  put("a.env", 'A=1\r\nB="two words"\r\n');
  mkdirSync(join(windows.folder, "files/web"), { recursive: true });
  put("files/web/a.yaml", "- key: prod/web/FILE\r\n  value: |\r\n    one\r\n    two\r\n");
  const [saved] = await windows.oo([{ args: ["secret", "save", "app/TEXT", "-"], env, input: "ü and %PATH%" }]);
  expect(saved).toEqual({ code: 0, stdout: "created app/TEXT (version 1)\n", stderr: "" });
  const [version, got, imported, applied, listed, lines] = await oo(
    ["--version"],
    ["secret", "get", "app/TEXT"],
    ["secret", "import", "a.env", "-n", "app"],
    ["secret", "apply", "files\\web", "--auto-approve"],
    ["secret", "list"],
    ["secret", "get", "prod/web/FILE"],
  );
  expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(got).toEqual({ code: 0, stdout: "ü and %PATH%", stderr: "" });
  expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining("created app/B (version 1)") });
  expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining("created prod/web/FILE") });
  expect(listed?.stdout).toMatch(/^app\/TEXT +\*{8} +admin +1 /m);
  expect(lines?.stdout).toBe("one\ntwo\n");
  const [set, text, ended, none, script] = await oo(
    ["secret", "run", "-n", "app", "--", "cmd", "/c", "set"],
    ["secret", "run", "-n", "app", "--", "node.exe", "-p", "process.env.TEXT"],
    ["secret", "run", "-n", "app", "--", "cmd", "/c", "exit 7"],
    ["secret", "run", "-n", "app", "--", "no-such-command"],
    ["secret", "run", "-n", "app", "--signal", "HUP", "--watch", "--", "cmd"],
  );
  expect(printed(set).stdout).toEqual(expect.arrayContaining(["A=1", "B=two words"]));
  expect(set?.stdout).not.toContain("OO_TOKEN");
  expect(text?.stdout).toBe("ü and %PATH%\n");
  expect(ended?.code).toBe(7);
  expect(none).toMatchObject({ code: 127, stderr: expect.stringContaining("-- cmd /c no-such-command") });
  expect(script).toMatchObject({ code: 2, stderr: expect.stringContaining("no signals") });
});

test("no spelling of a name that Windows takes for another one passes", async () => {
  const { service, windows, oo } = own();
  const keys = ["load/Node_Options", "load/PathExt", "two/key", "two/KEY"];
  await oo(...keys.map((key) => ["secret", "save", key, "v"]));
  const [loading, two] = await oo(
    ["secret", "run", "-n", "load", "--", "cmd", "/c", "set"],
    ["secret", "run", "-n", "two", "--", "cmd", "/c", "set"],
  );
  expect(loading).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("--allow-name Node_Options") });
  expect(loading?.stderr).toContain("--allow-name PathExt");
  expect(two).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("has the name key, and so has") });
  const env = { OO_URL: service.url, oo_token: service.adminToken };
  const [removed] = await windows.oo([{ args: ["secret", "run", "--only", "two/key", "--", "cmd", "/c", "set"], env }]);
  expect(removed?.code).toBe(0);
  expect(removed?.stdout.toLowerCase()).not.toContain("oo_token");
});

test("private files are there while the command runs, and then gone", async () => {
  const { windows, put, oo } = own();
  put("app.tmpl", 'text={{ secret "FILES" }}');
  await oo(["secret", "save", "app/FILES", "in a file"]);
  const files = ["--template", "app.tmpl:app.conf", "--mount", "CERT=FILES:cert.p12"];
  const [shown] = await oo([
    "secret",
    "run",
    "-n",
    "app",
    ...files,
    "--",
    "cmd",
    "/c",
    "type %CERT% & dir /b %CERT%\\..",
  ]);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/^in a file *\s*app\.conf\s+cert\.p12/) });
  const temporary = join(windows.home, "../Temp");
  expect(existsSync(temporary) ? readdirSync(temporary).filter((each) => each.startsWith("oo-")) : []).toEqual([]);
});

test("starts a command again when a secret changes", async () => {
  const { windows, put, taken, oo } = own();
  const script = 'require("fs").appendFileSync("seen.txt", process.env.A + "\\n");';
  put("again.js", `${script} if (process.env.A === "new") process.exit(9); setInterval(() => {}, 1000);`);
  await oo(["secret", "save", "again/A", "old"]);
  const changed = changeWhenSeen(join(windows.folder, "seen.txt"));
  const [ended] = await oo(["secret", "run", "--watch", "-n", "again", "--", "node.exe", "again.js"]);
  await changed;
  expect(ended).toMatchObject({ code: 9, stderr: expect.stringContaining("starting the command again") });
  expect(taken("seen.txt")).toBe("old\nnew\n");
});

async function changeWhenSeen(path: string): Promise<void> {
  const { env } = own();
  while (!existsSync(path)) await pause(50);
  await runOo(["secret", "save", "again/A", "new"], { env });
}

test("asks without showing what is typed, and edits", async () => {
  const { oo, put } = own();
  const asked = await type(["secret", "save", "typed/KEY"], "Enter secret value:", "typed value\r", whenHidden);
  expect(asked.stdout).toBe("created typed/KEY (version 1)\n");
  expect(asked.shown).toContain("ended with 0");
  expect(asked.shown).not.toContain("typed value");
  put("editor.cmd", "@echo off\r\necho edited> %1\r\n");
  const edited = await type(["secret", "edit", "typed/KEY"], "[y/N]", "y\r", { EDITOR: "editor.cmd" });
  expect(edited.stdout).toContain("updated typed/KEY (version 2): value");
  const [got] = await oo(["secret", "get", "typed/KEY"]);
  expect(got?.stdout.trimEnd()).toBe("edited");
});

test("remembers a login in a file of the user", async () => {
  const { windows, service } = own();
  const without = { OO_URL: "", OO_TOKEN: "" };
  const login = ["login", service.url, "--with", "token"];
  const { shown } = await type(login, "Token:", `${service.adminToken}\r`, { ...without, ...whenHidden });
  expect(shown).toContain("ended with 0");
  expect(shown).not.toContain(service.adminToken);
  const stored = JSON.parse(readFileSync(join(windows.home, "Local/oo/contexts.json"), "utf8"));
  expect(Object.values(stored.contexts)).toMatchObject([{ url: service.url, slug: "admin" }]);
  const [status, list] = await windows.oo([{ args: ["status"] }, { args: ["context", "list"] }]);
  expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining("admin of default") });
  expect(list?.stdout).toContain(service.url);
});

test("Ctrl-C is for the command, which may take its time", async () => {
  const { put } = own();
  put(
    "patient.js",
    `process.on("SIGINT", () => setTimeout(() => process.exit(5), 300));
    console.error("ready"); setInterval(() => {}, 1000);`,
  );
  const { shown } = await type(["secret", "run", "--only", "app/A", "--", "node.exe", "patient.js"], "ready", "\x03");
  expect(shown).toContain("ended with 5");
});
