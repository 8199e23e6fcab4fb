import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ooPath, runProgram } from "../support/cli/run-process.ts";

/** The published package: bin and dist, without src and node_modules. */
const installed = mkdtempSync(join(tmpdir(), "oo-installed-"));
const commands = join(installed, "commands");
const packageFolder = join(installed, "lib", "secret-svc");

beforeAll(() => {
  cpSync(dirname(ooPath), join(packageFolder, "bin"), { recursive: true });
  mkdirSync(join(packageFolder, "dist", "src"), { recursive: true });
  writeFileSync(join(packageFolder, "package.json"), '{"type": "module"}');
  const print = "console.log(JSON.stringify([process.argv.slice(2), process.execArgv]));\n";
  writeFileSync(join(packageFolder, "dist", "src", "main.js"), print);
  writeFileSync(join(packageFolder, "dist", "oo.cjs"), print);
  mkdirSync(commands);
  symlinkSync("../lib/secret-svc/bin/oo", join(commands, "oo"));
  symlinkSync("../lib/secret-svc/bin/secret-svc", join(commands, "secret-svc"));
});
afterAll(() => rmSync(installed, { recursive: true }));

/** A PATH with the usual programs and this `node`. */
function pathWith(name: string, makeNode: (path: string) => void): string {
  const folder = join(installed, name);
  mkdirSync(folder);
  makeNode(join(folder, "node"));
  return `${folder}:/usr/bin:/bin`;
}

test("documented 28: the published package runs its compiled code on a new enough node of the PATH", async () => {
  const PATH = pathWith("new", (node) => symlinkSync(process.execPath, node));
  const flags = ["--disable-warning=ExperimentalWarning", "--disable-proto=delete"];
  for (const [command, expected] of [
    ["oo", []],
    ["secret-svc", [...flags, "--disable-sigusr1", "--report-exclude-env", "--max-semi-space-size=16"]],
  ] as const) {
    const run = await runProgram(join(commands, command), ["a b", "", "*", "--x"], { env: { PATH } });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(run.stdout)).toEqual([["a b", "", "*", "--x"], expected]);
  }
});

test.each([["v20.19.2"], ["v8.1.0"], ["nonsense"]])("a node that says %s is too old", async (version) => {
  const PATH = pathWith(version, (node) => {
    writeFileSync(node, `#!/bin/sh\necho ${version}\n`);
    chmodSync(node, 0o755);
  });
  const { code, stdout, stderr } = await runProgram(join(commands, "secret-svc"), ["--version"], { env: { PATH } });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^secret-svc: error: Node 24 or newer is needed, and .* is /);
  expect(stderr).toContain(version);
  expect(stderr).toMatch(/^secret-svc: hint: install Node 24 or newer, and put it first on the PATH$/m);
  expect(stderr, "fault C17: there is no checkout in which npm ci would work").not.toContain("npm ci");
});

test("fault C17: in a checkout without its own node, an old one is answered with npm ci", async () => {
  const checkout = join(installed, "checkout");
  cpSync(dirname(ooPath), join(checkout, "bin"), { recursive: true });
  mkdirSync(join(checkout, "src"));
  const PATH = pathWith("old", (node) => {
    writeFileSync(node, "#!/bin/sh\necho v20.19.2\n");
    chmodSync(node, 0o755);
  });
  const { code, stderr } = await runProgram(join(checkout, "bin/oo"), ["--version"], { env: { PATH } });
  expect(code).toBe(1);
  expect(stderr).toContain(`hint: run npm ci in ${checkout}, which installs a newer one there`);
});

test("a checkout builds the single file when a source is newer, and runs the sources where it cannot be built", async () => {
  const checkout = join(installed, "own-checkout");
  const file = (path: string, text: string) => {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), text);
    // Of before now, like everything that was there before the build.
    const past = new Date(Date.now() - 60_000);
    for (let each = path; each !== "."; each = dirname(each)) utimesSync(join(checkout, each), past, past);
  };
  cpSync(dirname(ooPath), join(checkout, "bin"), { recursive: true });
  file("src/cli/main.ts", 'console.log("sources");');
  file("gen/a.ts", "");
  file("package-lock.json", "{}");
  const build = (text: string) =>
    `require("node:fs").writeFileSync(process.argv[3], ${JSON.stringify(`console.log(${JSON.stringify(text)})`)});`;
  file("scripts/build-cli.ts", build("first build"));
  mkdirSync(join(checkout, "node_modules/.bin"), { recursive: true });
  symlinkSync(process.execPath, join(checkout, "node_modules/.bin/node"));
  const run = async () => (await runProgram(join(checkout, "bin/oo"), [])).stdout;

  expect(await run()).toBe("first build\n");
  file("scripts/build-cli.ts", build("second build"));
  expect(await run(), "nothing is newer").toBe("first build\n");
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(checkout, "src/cli/main.ts"), later, later);
  expect(await run()).toBe("second build\n");
  file("scripts/build-cli.ts", "process.exit(1);");
  expect(await run(), "the sources are newer").toBe("sources\n");
  expect(readdirSync(join(checkout, ".cache/bin"))).toEqual(["oo.cjs"]);
});
