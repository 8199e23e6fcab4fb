import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundledOo, bundleOo } from "../support/cli/bundled-oo.ts";
import { hasPseudoTerminals, typeOnTerminal } from "../support/cli/pseudo-terminal.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let program: BundledOo;
let env: Record<string, string>;
beforeAll(async () => {
  service = await startCliService();
  program = bundleOo();
  env = { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken };
  const secrets = { "app/VALUE": 'it\'s "$(x)"\n', "app/GREETING": "from the service", "app/LONG": "x".repeat(65_536) };
  const file = Object.entries(secrets).map(([key, value]) => `- key: ${key}\n  value: ${JSON.stringify(value)}\n`);
  writeFileSync(join(service.folder, "secrets.yaml"), file.join(""));
  await service.admin(["secret", "save", "secrets.yaml"]);
});
afterAll(async () => {
  program.remove();
  await service.stop();
});

const run = (args: readonly string[], more: Record<string, string> = {}, input = "") =>
  runProgram(program.oo, ["secret", "run", ...args], { env: { ...env, ...more }, input, cwd: service.folder });
const runApp = (...command: string[]) => run(["-n", "app", "--", ...command]);

describe("the command", () => {
  test("has the secrets byte for byte, and the rest of the environment", async () => {
    const script = "process.stdout.write(JSON.stringify(process.env))";
    const { code, stdout } = await run(["-n", "app", "--", process.execPath, "-e", script], {
      OWN: "mine",
      GREETING: "mine",
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      VALUE: 'it\'s "$(x)"\n',
      GREETING: "from the service",
      LONG: "x".repeat(65_536),
      OWN: "mine",
      OO_URL: service.server.url,
    });
    expect(JSON.parse(stdout)).not.toHaveProperty("OO_TOKEN");
  });

  test("has the token with --keep-token", async () => {
    const { stdout } = await run(["--only", "app/GREETING", "--keep-token", "--", "printenv", "OO_TOKEN"]);
    expect(stdout).toBe(`${service.server.adminToken}\n`);
  });

  test("has the standard streams, options that oo knows too, and arguments as they are", async () => {
    const script = 'cat; printf "[%s]" "$@" >&2';
    const args = ["-q", "--url", "http://x", "", "a b", "--", "*"];
    expect(await run(["-n", "app", "--", "sh", "-c", script, "sh", ...args], {}, "in\n")).toEqual({
      code: 0,
      stdout: "in\n",
      stderr: "[-q][--url][http://x][][a b][--][*]",
    });
  });

  test("ends with its exit code, or 128 and the number of its signal", async () => {
    expect(await runApp("sh", "-c", "exit 7")).toEqual({ code: 7, stdout: "", stderr: "" });
    expect(await runApp("sh", "-c", "kill -TERM $$")).toEqual({ code: 143, stdout: "", stderr: "" });
    expect(await runApp("sh", "-c", "kill -KILL $$")).toEqual({ code: 137, stdout: "", stderr: "" });
  });

  test("that is not there ends with 127, one that cannot be run with 126", async () => {
    expect(await runApp("no-such-program", "x")).toEqual({
      code: 127,
      stdout: "",
      stderr: "oo: error: no-such-program: command not found\n",
    });
    mkdirSync(join(service.folder, "folder"), { recursive: true });
    writeFileSync(join(service.folder, "plain"), "text");
    for (const path of ["./folder", "./plain"]) {
      const { code, stderr } = await runApp(path);
      expect(code).toBe(126);
      expect(stderr).toBe(`oo: error: ${path}: cannot be run: it is not executable, or it is a folder\n`);
    }
  });

  test("threat 84: is not given values as arguments, nor is oo", async () => {
    const script = 'tr "\\0" " " < /proc/$PPID/cmdline; tr "\\0" " " < /proc/$$/cmdline';
    const { code, stdout } = await runApp("sh", "-c", script);
    expect(code).toBe(0);
    expect(stdout).toContain("secret run -n app -- sh -c");
    expect(stdout).not.toContain("from the service");
  });
});

describe("signals", () => {
  const listener = `
    let interrupts = 0;
    for (const signal of ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT"]) {
      process.on(signal, () => console.log(signal));
    }
    process.on("SIGWINCH", () => console.log("SIGWINCH after " + interrupts));
    process.on("SIGINT", () => { interrupts++; console.log("SIGINT"); process.kill(process.ppid, "SIGWINCH"); });
    process.stdin.on("data", () => undefined).on("end", () => process.exit(5));
    console.log("ready");
  `;

  test("reach the command, which decides what comes of them", async () => {
    const args = ["secret", "run", "-n", "app", "--", process.execPath, "-e", listener];
    const child = spawn(program.oo, args, {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const printed = readLines(child);
    await printed("ready");
    for (const signal of ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT", "SIGINT"] as const) {
      child.kill(signal);
      await printed(signal);
    }
    await printed("SIGWINCH after 1");
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.stdin.end();
    expect(await ended).toBe(5);
  });

  test("a command that they end, ends oo", async () => {
    const args = [
      "secret",
      "run",
      "-n",
      "app",
      "--",
      process.execPath,
      "-e",
      'console.log("ready"); setInterval(() => 0, 1e6)',
    ];
    const child = spawn(program.oo, args, {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => child.once("close", (code) => resolve(code)));
    await readLines(child)("ready");
    child.kill("SIGTERM");
    expect(await ended).toBe(143);
  });

  test.runIf(hasPseudoTerminals)("Ctrl-C on a terminal reaches the command once", async () => {
    const leave = 'process.on("SIGWINCH", () => process.exit(6)); console.error("ready");';
    const { stdout } = await typeOnTerminal({
      prompt: "ready",
      keys: "\x03",
      program: "sh",
      args: [
        "-c",
        'trap : INT; "$@"; echo "code $?"',
        "sh",
        program.oo,
        "secret",
        "run",
        "-n",
        "app",
        "--",
        process.execPath,
        "-e",
        listener + leave,
      ],
      env,
    });
    expect(stdout).toContain("SIGINT\nSIGWINCH after 1\ncode 6\n");
  });
});

describe("nothing is run", () => {
  const touch = ["--", "touch", "was-run"];
  const expectNotRun = async (args: readonly string[], code: number, message: string) => {
    const result = await run(args);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toContain(message);
    expect(existsSync(join(service.folder, "was-run"))).toBe(false);
  };

  test("without --, without a command, without a choice of secrets", async () => {
    await expectNotRun(["-n", "app", "touch", "was-run"], 2, "oo: error: put the command after --");
    await expectNotRun(["-n", "app", "--"], 2, "oo: error: missing required argument 'command'");
    await expectNotRun(touch, 2, "oo: error: say which secrets");
  });

  test("when a secret is not there, has no name of a variable, or one that changes how programs load", async () => {
    await expectNotRun(["--only", "app/VALUE", "app/NONE", ...touch], 1, "app/NONE");
    await service.admin(["secret", "save", "odd/a-b", "v"]);
    await expectNotRun(["-n", "odd", ...touch], 1, "odd/a-b: a-b is not a valid variable name");
    await service.admin(["secret", "save", "nul/A", "-"], "a\0b");
    await expectNotRun(["-n", "nul", ...touch], 1, "nul/A: has a NUL character");
    await service.admin(["secret", "save", "loader/BASH_ENV", "/tmp/evil"]);
    await expectNotRun(
      ["-n", "loader", ...touch],
      1,
      "loader/BASH_ENV: has the name BASH_ENV, which changes what shells load",
    );
    const allowed = await run(["-n", "loader", "--allow-name", "BASH_ENV", "--", "printenv", "BASH_ENV"]);
    expect(allowed).toMatchObject({ code: 0, stdout: "/tmp/evil\n" });
    expect(readdirSync(service.folder)).not.toContain("was-run");
  });

  test("when it is more than a process can be given", async () => {
    const value = "x".repeat(60_000);
    for (const file of ["a", "b"]) {
      const secrets = Array.from({ length: 60 }, (_, i) => `- key: many/${file}${i}\n  value: ${value}\n`);
      writeFileSync(join(service.folder, "many.yaml"), secrets.join(""));
      await service.admin(["secret", "save", "many.yaml"]);
    }
    await expectNotRun(
      ["-n", "many", ...touch],
      126,
      "touch: the secrets and the arguments are too large to start a process",
    );
  });
});

/** Answers a function that waits until a program has printed a text, after what it waited for before. */
function readLines(child: ChildProcess): (text: string) => Promise<void> {
  let printed = "";
  let check = () => {};
  child.stdout?.setEncoding("utf8").on("data", (more: string) => {
    printed += more;
    check();
  });
  return (text) =>
    new Promise((resolve, reject) => {
      check = () => {
        const at = printed.indexOf(`${text}\n`);
        if (at < 0) return;
        printed = printed.slice(at + text.length + 1);
        resolve();
      };
      child.once("close", () => reject(new Error(`it ended without ${text}`)));
      check();
    });
}
