import { execFile, execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestContext } from "vitest";
import { machines, nodeFor } from "../../../scripts/release/node-packages.ts";
import type { Run } from "../cli/run.ts";
import { repository } from "../docs/markdown.ts";
import { type DebianProgram, type FoundProgram, needDebianProgram } from "./debian-program.ts";

const wine: DebianProgram = { name: "wine", packages: ["wine64"], file: "usr/lib/wine/wine64" };

/** What a program of Windows gets. Its streams are pipes of Windows. */
export interface WindowsRun {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** A Windows for one test file: Wine with a home of its own, the executable of `oo` and Node. */
export interface Windows {
  /** The folder that everything is started in. */
  readonly folder: string;
  /** Its home of the user, as a path of Linux. */
  readonly home: string;
  /** How Linux starts `oo` here, for a terminal. */
  readonly start: { readonly program: string; readonly args: readonly string[]; readonly env: Record<string, string> };
  /** Runs `oo` a number of times, one after the other. */
  oo(runs: readonly WindowsRun[]): Promise<readonly Run[]>;
  /** Ends what Wine left running. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts `oo` as programs of Windows do. Node gives a program of Wine no pipe of Linux. */
const driver = `const { spawnSync } = require("node:child_process");
const { readFileSync, writeFileSync } = require("node:fs");
const results = JSON.parse(readFileSync("runs.json", "utf8")).map(({ args, env, input }) => {
  const { status, stdout, stderr } = spawnSync("oo.exe", args, { env: { ...process.env, ...env }, input: input ?? "", encoding: "utf8" });
  return { code: status, stdout, stderr };
});
writeFileSync("results.json", JSON.stringify(results));
`;

/** Without Wine the test is skipped, or fails with `--all`. */
export async function needWindows(context: TestContext): Promise<Windows> {
  const found = await needDebianProgram(context, wine);
  completeUnpacked(found);
  const folder = mkdtempSync(join(tmpdir(), "windows-"));
  const work = join(folder, "work");
  mkdirSync(work);
  const server = join(found.root, "usr/lib/wine/wineserver64");
  const prefix = join(folder, "prefix");
  const env = { ...found.env, PATH: process.env.PATH ?? "", WINEPREFIX: prefix, WINEDEBUG: "-all", WINESERVER: server };
  const run = async (program: string, ...args: string[]) => {
    const running = promisify(execFile)(found.path, [program, ...args], { cwd: work, env });
    running.child.stdin?.end();
    await running;
  };
  await run("wineboot", "-i");
  // Node runs on no older one.
  await run("reg", "add", "HKCU\\Software\\Wine", "/v", "Version", "/d", "win10", "/f");
  buildPrograms(work);
  const [home = ""] = globSync("drive_c/users/*/AppData", { cwd: prefix }).filter((each) => !each.includes("Public"));
  return {
    folder: work,
    home: join(prefix, home),
    start: { program: found.path, args: ["oo.exe"], env },
    async oo(runs) {
      writeFileSync(join(work, "driver.js"), driver);
      writeFileSync(join(work, "runs.json"), JSON.stringify(runs));
      await run("node.exe", "driver.js");
      return JSON.parse(readFileSync(join(work, "results.json"), "utf8"));
    },
    async [Symbol.asyncDispose]() {
      await promisify(execFile)(server, ["-k", "-w"], { env }).catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function buildPrograms(folder: string): void {
  const machine = machines.find(({ name }) => name === "win-x64");
  if (machine === undefined) throw new Error("there is no Node for Windows");
  const source = { folder: repository };
  const node = join(nodeFor(machine, source, folder), machine.executable);
  const built = join(folder, "built.exe");
  const options = ["--node", node, "--for", machine.name, "--outfile", built];
  execFileSync(process.execPath, ["scripts/build-binary.ts", ...options], { cwd: repository, stdio: "ignore" });
  writeFileSync(join(folder, "node.exe"), forWine(node));
  writeFileSync(join(folder, "oo.exe"), forWine(built));
}

/**
 * V8 reserves memory with a function of Windows 10 that Wine 8 has, but without the flag that V8 gives it. Where it
 * does not find the function, it does as on an older Windows.
 */
function forWine(executable: string): Buffer {
  const bytes = readFileSync(executable);
  const at = bytes.indexOf("VirtualAlloc2\0");
  if (at === -1) throw new Error("this Node does not look for VirtualAlloc2");
  bytes.write("VirtualAllocX", at);
  return bytes;
}

/** A library that the package of Wine makes when it is installed, from that of another package. */
function completeUnpacked({ root }: FoundProgram): void {
  const made = join(root, "usr/lib/x86_64-linux-gnu/wine/x86_64-windows/zlib1.dll");
  if (existsSync(made)) return;
  const from = readFileSync(join(root, "usr/x86_64-w64-mingw32/lib/zlib1.dll"));
  from.write("Wine builtin DLL".padEnd(32, "\0"), 64);
  writeFileSync(made, from);
}
