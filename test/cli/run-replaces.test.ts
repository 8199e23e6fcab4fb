// `oo secret run` and the process of the command.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundledOo, bundleOo } from "../support/cli/bundled-oo.ts";
import { hasPseudoTerminals, typeOnTerminal } from "../support/cli/pseudo-terminal.ts";
import { ooPath, runProgram } from "../support/cli/run-process.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let program: BundledOo;
let env: Record<string, string>;
beforeAll(async () => {
  service = await startCliService();
  program = bundleOo();
  env = { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken };
  await service.admin(["secret", "save", "app/VALUE", "v"]);
});
afterAll(async () => {
  program.remove();
  await service.stop();
});

/** Runs with no descriptors but the three standard ones, which those of the tests would not be. */
const alone = (...words: string[]) => {
  const close = 'for fd in $(ls /proc/self/fd); do [ $fd -gt 2 ] && eval "exec $fd>&-"; done 2>/dev/null; exec "$@"';
  return runProgram("bash", ["--norc", "-c", close, "bash", ...words], { env, cwd: service.folder });
};

describe("fault D6: without --watch the command replaces oo", () => {
  const run = (...command: string[]) => [program.oo, "secret", "run", "-n", "app", "--", ...command];

  test("it has the process, and blocking streams", async () => {
    const shown = await alone(
      "sh",
      "-c",
      'echo $$; exec "$@"',
      "sh",
      ...run("sh", "-c", "echo $$ $VALUE; cat /proc/$$/comm"),
    );
    const [before, after, name] = shown.stdout.split("\n");
    expect({ after, name }).toEqual({ after: `${before} v`, name: "sh" });
    const flags = await alone(...run("grep", "-h", "flags", "/proc/self/fdinfo/1", "/proc/self/fdinfo/2"));
    for (const line of flags.stdout.trim().split("\n")) expect(Number.parseInt(line.slice(7), 8) & 0o4000).toBe(0);
  });

  test("signals are what they are by default, and a script without #! runs", async () => {
    const { stdout } = await alone(...run("grep", "SigIgn", "/proc/self/status"));
    expect(stdout).toBe("SigIgn:\t0000000000000000\n");
    writeFileSync(join(service.folder, "plain"), 'echo "$1 $VALUE"\n', { mode: 0o755 });
    expect(await alone(...run("./plain", "x"))).toMatchObject({ code: 0, stdout: "x v\n" });
  });

  test("what cannot be started has the usual codes", async () => {
    writeFileSync(join(service.folder, "not-executable"), "");
    expect(await alone(...run("no-such-command"))).toMatchObject({
      code: 127,
      stderr: "oo: error: no-such-command: command not found\n",
    });
    expect((await alone(...run("./not-executable"))).code).toBe(126);
    expect((await alone(...run("/"))).code).toBe(126);
    expect((await alone(...run("true", "x".repeat(100_000), "y".repeat(100_000)))).code).toBe(0);
  });

  test("descriptors from 3 up reach the command", async () => {
    const file = join(service.folder, "third");
    const fd = openSync(file, "w");
    const child = spawn(program.oo, run("sh", "-c", "echo third >&5").slice(1), {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "inherit", "inherit", "ignore", "ignore", fd],
    });
    closeSync(fd);
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
    expect(readFileSync(file, "utf8")).toBe("third\n");
  });

  test("what was ignored stays ignored: nohup", async () => {
    const words = ["nohup", ooPath, ...run("grep", "SigIgn", "/proc/self/status").slice(1)];
    const { stdout } = await alone(...words);
    expect(stdout).toBe("SigIgn:\t0000000000000001\n");
  });

  test.runIf(hasPseudoTerminals)("on a terminal, a signal of a program reaches a watched command", async () => {
    const listen =
      'process.on("SIGINT", () => { console.log("SIGINT"); process.exit(5); }); console.error("ready"); setInterval(() => 0, 1e6)';
    const words = [program.oo, "secret", "run", "--watch", "-n", "app", "--", process.execPath, "-e", listen];
    const { stdout } = await typeOnTerminal({
      prompt: "ready",
      keys: "x",
      program: "bash",
      args: ["-c", '"$@" & pid=$!; read -rn 1; kill -INT $pid; wait $pid; echo "code $?"', "bash", ...words],
      env,
    });
    expect(stdout).toContain("SIGINT\ncode 5\n");
  });

  const canUnshare = spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"]).status === 0;
  test.runIf(canUnshare)("as the first process of a container, it reaps what others leave", async () => {
    const leave = `orphan=$(sh -c 'true >&2 & echo $!'); i=0
      while [ -d /proc/$orphan ] && [ $i -lt 500 ]; do i=$((i+1)); ls / >/dev/null; done
      [ -d /proc/$orphan ] && echo left || echo reaped; exit 7`;
    const words = [
      "unshare",
      "--pid",
      "--fork",
      "--mount-proc",
      program.oo,
      "secret",
      "run",
      "--watch",
      "-n",
      "app",
      "--",
      "sh",
      "-c",
      leave,
    ];
    expect(await runProgram(words[0] ?? "", words.slice(1), { env })).toMatchObject({ code: 7, stdout: "reaped\n" });
  });
});
