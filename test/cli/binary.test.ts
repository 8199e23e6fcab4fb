import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../support/cli/run-process.ts";
import { repository } from "../support/docs/markdown.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

// The one binary, in a root with nothing but it and its shared libraries: no Node, no shell, no /proc, no /etc.

const root = mkdtempSync(join(tmpdir(), "oo-binary-root-"));
const binary = join(root, "oo");
let server: ServerProcess;

beforeAll(async () => {
  server = await startServer();
  execFileSync(process.execPath, ["scripts/build-binary.ts", "--outfile", binary], { cwd: repository, stdio: "pipe" });
  const libraries = execFileSync("ldd", [binary], { encoding: "utf8" }).match(/\/\S+(?= \()/g) ?? [];
  for (const library of libraries) {
    mkdirSync(dirname(join(root, library)), { recursive: true });
    copyFileSync(library, join(root, library));
  }
}, 300_000);
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true });
});

/** Needs `unshare` of util-linux and `chroot` of coreutils; others than root also need user namespaces. */
const run = (args: readonly string[], env: Record<string, string> = {}, input?: string) => {
  const own = { OO_URL: server.url, OO_TOKEN: server.adminToken, ...env };
  const enter = process.getuid?.() === 0 ? [] : ["unshare", "--user", "--map-root-user"];
  const [program = "", ...rest] = [...enter, "chroot", root, "/oo", ...args];
  const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
  return runProgram(program, rest, { env: { ...own, PATH }, ...(input === undefined ? {} : { input }) });
};

test("says its version where no Node is", async () => {
  const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  expect(await run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("saves, lists and runs", async () => {
  expect(await run(["secret", "save", "app/A", "-"], {}, "typed")).toEqual({
    code: 0,
    stdout: "created app/A (version 1)\n",
    stderr: "",
  });
  expect((await run(["secret", "list"])).stdout).toMatch(/^app\/A +\*{8} +admin +1 /m);
  expect((await run(["secret", "get", "app/A"])).stdout).toBe("typed");
  // The only program in that root is the binary: started by itself, it gets the secrets as variables.
  await run(["secret", "save", "env/OO_URL", "http://127.0.0.1:1"]);
  await run(["secret", "save", "env/OO_TOKEN", "oo_none"]);
  const names = ["--allow-name", "OO_URL", "--allow-name", "OO_TOKEN"];
  const started = await run(["secret", "run", "-n", "env", ...names, "--", "/oo", "secret", "list"]);
  expect(started).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("http://127.0.0.1:1") });
});

test("seals without a service, and takes no options for Node from the environment", async () => {
  const sealed = await run(["secret", "encrypt", "app/A", "v", "-o", "value"], { NODE_OPTIONS: "--require /none.cjs" });
  expect(sealed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^seal\.v1\./) });
});
