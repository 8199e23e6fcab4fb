import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { programPath } from "../support/built-package.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const program = programPath("secret-svc");

let folder: string;
let server: ServerProcess;
const at = (name: string) => join(folder, name);
const run = (env: Readonly<Record<string, string>>, ...args: string[]) =>
  runProgram(program, args, { cwd: folder, env });
const toFile = () => ({ SECRET_SVC_AUDIT_EXPORT: at("audit.jsonl") });
const linesOf = (text: string) =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
const exported = (name = "audit.jsonl") => linesOf(readFileSync(at(name), "utf8"));
const backUp = (env: Readonly<Record<string, string>>, to = "a.backup") =>
  run(env, "backup", "--data-dir", "data", "--to", to, "--key", "backup.pub");

async function save(value: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ secrets: [{ key: "A", value }] });
  return (await fetch(`${server.url}/secret-svc/secrets`, { method: "PUT", headers, body })).status;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "host-commands-"));
  server = await startServer({ dataDir: at("data"), env: toFile() });
  writeFileSync(at("backup.pub"), (await run({}, "backup-key", "backup.key")).stdout);
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test("records of commands on the host are in the export that the service writes, each once", async () => {
  expect(await save("1", server.adminToken)).toBe(200);
  expect(await backUp(toFile())).toMatchObject({ code: 0, stderr: "" });
  const made = await run(toFile(), "admin-token", "--data-dir", "data");
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect(await save("2", made.stdout.trim())).toBe(200);
  const seen = exported().map(({ action, key, rule, peer }) => {
    return peer === "host" ? `${action} ${rule} ${peer}` : `${action} ${key}`;
  });
  const isWanted = (line: string) => line.startsWith("secret.save") || line.endsWith("host host");
  expect(seen.filter(isWanted)).toEqual([
    "user.save host host",
    "token.create host host",
    "secret.save A",
    "backup.create host host",
    "user.save host host",
    "token.create host host",
    "secret.save A",
  ]);
});

test("a restore is also in the export", async () => {
  await backUp({});
  const args = ["restore", "--from", "a.backup", "--key", "backup.key", "--data-dir", "restored"];
  const done = await run({ SECRET_SVC_AUDIT_EXPORT: at("restore.jsonl") }, ...args);
  expect(done).toMatchObject({ code: 0, stderr: "" });
  expect(exported("restore.jsonl")).toMatchObject([{ action: "backup.restore", peer: "host", count: 2 }]);
});

test("with stdout the answer of a command stays alone there, and its records go to standard error", async () => {
  const made = await run({ SECRET_SVC_AUDIT_EXPORT: "stdout" }, "admin-token", "--data-dir", "data");
  expect(made.stdout).toMatch(/^oo_\S{43}\n$/);
  expect(linesOf(made.stderr).map(({ action }) => action)).toEqual(["user.save", "token.create"]);
});

test("threat 101: neither a backup nor a token leaves while the export cannot be written", async () => {
  symlinkSync("/dev/full", at("full"));
  const full = { SECRET_SVC_AUDIT_EXPORT: at("full") };
  const backup = await backUp(full);
  expect(backup).toMatchObject({ code: 1, stdout: "" });
  expect(backup.stderr).toContain("1 audit record is in the store, but not in the audit export");
  expect(() => readFileSync(at("a.backup"))).toThrow("ENOENT");
  const token = await run(full, "admin-token", "--data-dir", "data");
  expect(token).toMatchObject({ code: 1, stdout: "" });
  expect(token.stderr).toContain("2 audit records are in the store, but not in the audit export");
  const absent = await backUp({ SECRET_SVC_AUDIT_EXPORT: at("absent/audit.jsonl") });
  expect(absent).toMatchObject({ code: 78, stdout: "" });
  expect(absent.stderr).toContain("SECRET_SVC_AUDIT_EXPORT: cannot write to");
});
