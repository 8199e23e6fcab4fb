import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../support/cli/run-process.ts";
import { buildSingleFile } from "../support/cli/single-file.ts";
import { repository } from "../support/docs/markdown.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "oo-file-"));
const file = join(folder, "oo");
let server: ServerProcess;

beforeAll(async () => {
  [server] = await Promise.all([startServer(), buildSingleFile(file)]);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const run = (args: string[], more: Record<string, string> = {}) =>
  runProgram(file, args, { cwd: folder, env: { OO_URL: server.url, OO_TOKEN: server.adminToken, ...more } });

test("documented 28: the single file runs anywhere", async () => {
  const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  expect(await run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  expect(await run(["secret", "save", "app/__proto__", "v", "--metadata", "__proto__=m"])).toEqual({
    code: 0,
    stdout: "created app/__proto__ (version 1)\n",
    stderr: "",
  });
  expect((await run(["secret", "list", "--show"])).stdout).toContain("  metadata:\n    __proto__: m\n");
  expect((await run(["secret", "export", "-n", "app", "--format", "json"])).stdout).toBe('{\n  "__proto__": "v"\n}\n');
  writeFileSync(join(folder, "a.yaml"), "- key: app/B\n  value: w\n");
  expect((await run(["secret", "save", "a.yaml"])).stdout).toBe("created app/B (version 1)\n");
  expect((await run(["secret", "run", "--only", "app/B", "--", "printenv", "B"])).stdout).toBe("w\n");
  expect((await run(["secret", "is-secure"])).stdout).toBe("Service is secure.\n");
});

test("seals without a service and without a token, and without a warning", async () => {
  writeFileSync(join(folder, "sealing-key.json"), (await run(["secret", "sealing-key"])).stdout);
  const seal = ["secret", "encrypt", "app/SEALED", "v", "--sealing-key", "sealing-key.json"];
  const sealed = await run(seal, { OO_URL: "http://127.0.0.1:1", OO_TOKEN: "" });
  expect(sealed).toMatchObject({ code: 0, stderr: "" });
  writeFileSync(join(folder, "sealed.yaml"), sealed.stdout);
  expect((await run(["secret", "save", "sealed.yaml"])).stdout).toBe("created app/SEALED (version 1)\n");
});

test("says what is wrong with an older node", async () => {
  const old = join(folder, "old.cjs");
  writeFileSync(
    old,
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.2" } });',
  );
  const { code, stderr } = await run(["--version"], { NODE_OPTIONS: `--require ${old}` });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^oo: error: Node 24 or newer is needed, and this is v/);
  expect(stderr).toContain("\noo: hint: install Node 24 or newer, and put it first on the PATH\n");
});

test("holds the licences of what is in it, and nothing of the machine that made it", () => {
  const text = readFileSync(file, "utf8");
  for (const name of ["commander", "js-yaml", "@connectrpc/connect-node", "@bufbuild/protobuf"]) {
    expect(new RegExp(`^${name} [0-9.]+, `, "m").test(text), name).toBe(true);
  }
  expect(text.includes(repository)).toBe(false);
});
