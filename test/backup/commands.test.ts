import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { programPath } from "../support/built-package.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const program = programPath("secret-svc");
const key = Buffer.alloc(32, 1).toString("base64");
const otherKey = Buffer.alloc(32, 2).toString("base64");
const canary = "canary-4c1f9b";

let folder: string;
let server: ServerProcess;
const at = (name: string) => join(folder, name);
const run = (env: Readonly<Record<string, string>>, ...args: string[]) =>
  runProgram(program, args, { cwd: folder, env });
const backUp = (to: string, env: Readonly<Record<string, string>> = { OB_ENCRYPTION_KEY: key }) =>
  run(env, "backup", "--data-dir", "data", "--to", to, "--key", "backup.pub");
const restore = (to: string, ...more: string[]) =>
  run(
    { OB_ENCRYPTION_KEY: otherKey },
    "restore",
    "--from",
    "a.backup",
    "--key",
    "backup.key",
    "--data-dir",
    to,
    ...more,
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "backup-commands-"));
  server = await startServer({ dataDir: at("data"), env: { OB_ENCRYPTION_KEY: key } });
  const env = { OO_URL: server.url, OO_TOKEN: server.adminToken };
  await runOo(["secret", "save", "prod/KEY", canary], { env });
  writeFileSync(at("sealed.yaml"), (await runOo(["secret", "encrypt", "prod/SEALED", "sealed"], { env })).stdout);
  writeFileSync(at("backup.pub"), (await run({}, "backup-key", "backup.key")).stdout);
  const { code, stderr } = await backUp("a.backup");
  expect(stderr).toBe("");
  expect(code).toBe(0);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test("the private key and the backup are for their owner only, and are never replaced", async () => {
  for (const name of ["backup.key", "a.backup"]) expect(statSync(at(name)).mode & 0o777).toBe(0o600);
  const before = readFileSync(at("backup.key"));
  expect(await run({}, "backup-key", "backup.key")).toMatchObject({ code: 1, stdout: "" });
  expect(readFileSync(at("backup.key")).equals(before)).toBe(true);
  expect(await backUp("a.backup")).toMatchObject({ code: 1, stderr: expect.stringContaining("already exists") });
  expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
});

test("neither a value nor a name can be read in a backup", () => {
  const file = readFileSync(at("a.backup"), "latin1");
  for (const text of [canary, "prod/KEY", "admin"]) expect(file).not.toContain(text);
});

test("a folder that was never a service's, and one of another key, are not backed up", async () => {
  const absent = await run({}, "backup", "--data-dir", "absent", "--to", "b.backup", "--key", "backup.pub");
  expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no data of the service in") });
  const wrong = await backUp("b.backup", { OB_ENCRYPTION_KEY: otherKey });
  expect(wrong).toMatchObject({ code: 78, stderr: expect.stringContaining("the store needs the encryption key") });
  expect(existsSync(at("b.backup"))).toBe(false);
});

test("keys in each other's place are refused", async () => {
  const swapped = await run(
    { OB_ENCRYPTION_KEY: key },
    "backup",
    "--data-dir",
    "data",
    "--to",
    "b",
    "--key",
    "backup.key",
  );
  expect(swapped.stderr).toBe(
    "secret-svc: error: backup.key holds the private key, which is for restoring only and should not be on this machine\n",
  );
  const verified = await run({}, "verify", "--from", "a.backup", "--key", "backup.pub");
  expect(verified.stderr).toContain("backup.pub holds the public key, which cannot decrypt a backup");
});

test("threat 115: in another environment a backup opens with its private key only, and nothing is left behind", async () => {
  await run({}, "backup-key", "staging.key");
  const foreign = await run({}, "restore", "--from", "a.backup", "--key", "staging.key", "--data-dir", "staging");
  expect(foreign).toMatchObject({ code: 1, stderr: expect.stringContaining("is encrypted for the backup key") });
  expect(existsSync(at("staging"))).toBe(false);
});

test("threat 115: a copy of the data under another key does not start", async () => {
  cpSync(at("data"), at("copied"), { recursive: true, filter: (path) => !path.endsWith("server.lock") });
  const starting = startServer({ dataDir: at("copied"), env: { OB_ENCRYPTION_KEY: otherKey } });
  await expect(starting).rejects.toThrow("the store needs the encryption key");
});

test("threat 115: the drill: under another key everything works, and values sealed for the old one open", async () => {
  expect(await restore("restored")).toMatchObject({
    code: 0,
    stdout: "restored 1 secret (1 version), 1 user, 1 token, 1 sealing key\n",
    stderr: "",
  });
  expect(readFileSync(at("restored/secrets.db"), "latin1")).not.toContain(canary);
  const restored = await startServer({ dataDir: at("restored"), env: { OB_ENCRYPTION_KEY: otherKey } });
  try {
    const env = { OO_URL: restored.url, OO_TOKEN: server.adminToken };
    expect((await runOo(["secret", "save", "sealed.yaml"], { env, cwd: folder })).stderr).toBe("");
    const listed = await runOo(["secret", "list", "--show"], { env });
    expect(listed.stdout).toContain(`key: prod/KEY\n  value: ${canary}\n`);
    expect(listed.stdout).toContain("key: prod/SEALED\n  value: sealed\n");
    expect((await runOo(["audit", "verify"], { env })).code).toBe(0);
  } finally {
    await restored.stop();
  }
});

test("without tokens no one has access until one is made", async () => {
  const done = await restore("closed", "--without-tokens");
  expect(done.stdout).toContain("0 tokens");
  expect(done.stderr).toContain("secret-svc admin-token");
  const closed = await startServer({ dataDir: at("closed"), env: { OB_ENCRYPTION_KEY: otherKey } });
  try {
    const env = { OO_URL: closed.url, OO_TOKEN: server.adminToken };
    expect((await runOo(["user", "whoami"], { env })).code).toBe(1);
  } finally {
    await closed.stop();
  }
});

test("a folder that a service uses is not restored into", async () => {
  const running = await run(
    { OB_ENCRYPTION_KEY: key },
    "restore",
    "--from",
    "a.backup",
    "--key",
    "backup.key",
    "--data-dir",
    "data",
  );
  expect(running).toMatchObject({ code: 1, stderr: expect.stringContaining("is in use by process") });
});
