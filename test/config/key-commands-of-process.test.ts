import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programPath } from "../support/built-package.ts";
import type { Run } from "../support/cli/run.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { keyB, kidOf } from "../support/config/fixture.ts";
import { makePrograms } from "../support/config/programs.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const programs = makePrograms();
const raw = randomBytes(32);
const key = raw.toString("base64");
const dataDir = programs.path();
const program = programs.script(`echo warning ${key} >&2; echo ${key}`);
const fromProgram = { OB_ENCRYPTION_KEY_COMMAND: program };
const failing = programs.script("echo 'the key management does not answer' >&2; exit 1");

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer({ dataDir, env: fromProgram });
});
afterAll(async () => {
  await server.stop();
  programs[Symbol.dispose]();
});

const run = (env: Readonly<Record<string, string>>, ...args: string[]): Promise<Run> =>
  runProgram(programPath("secret-svc"), args, {
    env: { SECRET_SVC_LISTEN: "127.0.0.1:0", SECRET_SVC_DATA_DIR: dataDir, ...env },
    cwd: programs.folder,
  });

async function ask(path: string, method: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${server.adminToken}`, "content-type": "application/json" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return (await fetch(`${server.url}/secret-svc/${path}`, { method, headers, ...sent })).json();
}

describe("a service whose key a program prints", () => {
  test("says where the key comes from, in its log and in the audit log", async () => {
    const { printed } = server;
    await printed(`encryption key ${kidOf(raw)} from OB_ENCRYPTION_KEY_COMMAND (${program}, `);
    const { events } = (await ask("audit", "POST", { actions: ["key.load"] })) as { events: object[] };
    expect(events).toEqual([
      expect.objectContaining({
        action: "key.load",
        key: kidOf(raw),
        rule: "command",
        decision: "AUDIT_DECISION_ALLOWED",
      }),
    ]);
  });

  test("threat 270: has the key neither in its environment, nor in its data directory, nor in its log", async () => {
    expect(readFileSync(`/proc/${server.pid}/environ`, "utf8")).not.toContain(key);
    expect(existsSync(join(dataDir, "encryption.key"))).toBe(false);
    expect(server.output()).not.toContain(key);
    expect(server.output()).not.toContain("warning");
    const { findings } = (await ask("is-secure", "GET")) as { findings: { id: string }[] };
    expect(findings.map(({ id }) => id).filter((id) => id.startsWith("key-"))).toEqual([]);
  });

  test("commands on the host get the key in the same way", async () => {
    const made = await run({}, "backup-key", "backup.key");
    writeFileSync(join(programs.folder, "backup.pub"), made.stdout);
    const backUp = ["backup", "--to", "a.backup", "--key", "backup.pub"];
    expect(await run(fromProgram, ...backUp)).toMatchObject({ code: 0, stderr: "" });
    const restore = ["restore", "--from", "a.backup", "--key", "backup.key", "--data-dir", "restored"];
    expect(await run(fromProgram, ...restore)).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(join(programs.folder, "restored/encryption.key"))).toBe(false);
    const token = await run(fromProgram, "admin-token", "--data-dir", "restored");
    expect(token).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^oo_\S+\n$/) });
    const check = await run(fromProgram, "key", "check", "--data-dir", "restored");
    expect(check).toMatchObject({ code: 0, stdout: expect.stringMatching(/^store: +it knows this key$/m) });
    const failed = await run({ OB_ENCRYPTION_KEY_COMMAND: failing }, ...backUp);
    expect(failed).toMatchObject({ code: 75, stdout: "" });
  });
});

describe("the exit code of a start says whether trying again is useful", () => {
  test.each([
    ["a program that fails", { OB_ENCRYPTION_KEY_COMMAND: failing }, 75, "the key management does not answer"],
    ["a program that prints another key", { OB_ENCRYPTION_KEY_COMMAND: "/bin/echo AAAA" }, 78, "got 4 characters"],
    ["a program that is not there", { OB_ENCRYPTION_KEY_COMMAND: "/none/at-all" }, 78, "there is no program"],
    ["a setting that is wrong", { ...fromProgram, SECRET_SVC_LISTEN: "nowhere" }, 78, "SECRET_SVC_LISTEN must be"],
  ])("%s", async (_name, env, code, message) => {
    const ended = await run({ SECRET_SVC_DATA_DIR: programs.path(), ...env }, "serve");
    expect(ended).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) });
  });

  test("the key of another store is a wrong setting, and a store in use is not", async () => {
    const wrong = programs.script(`echo ${keyB}`);
    const copy = join(programs.folder, "copy");
    await run({}, "backup-key", "copy.key").then(({ stdout }) =>
      writeFileSync(join(programs.folder, "copy.pub"), stdout),
    );
    await run(fromProgram, "backup", "--to", "copy.backup", "--key", "copy.pub");
    await run(fromProgram, "restore", "--from", "copy.backup", "--key", "copy.key", "--data-dir", copy);
    const other = await run({ OB_ENCRYPTION_KEY_COMMAND: wrong }, "serve", "--data-dir", copy);
    expect(other).toMatchObject({ code: 78, stderr: expect.stringContaining(`fingerprint ${kidOf(raw)}`) });
    expect(other.stderr).not.toContain(keyB);
    expect(await run(fromProgram, "serve")).toMatchObject({ code: 1, stderr: expect.stringContaining("is in use by") });
  });
});

test("a start that cannot listen leaves no record of a key", async () => {
  const folder = programs.path();
  const taken = new URL(server.url).host;
  const refused = await run({ ...fromProgram, SECRET_SVC_DATA_DIR: folder, SECRET_SVC_LISTEN: taken }, "serve");
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("EADDRINUSE") });
  const db = new DatabaseSync(join(folder, "audit.db"), { readOnly: true });
  expect(db.prepare("SELECT action FROM audit").all()).toEqual([{ action: "audit.end" }]);
  db.close();
});

test("a key file that cannot be opened just now is not a wrong setting", () => {
  const reader = new URL("../../src/service/data-directory.ts", import.meta.url).href;
  const code = `
    const { readLineFile } = await import(${JSON.stringify(reader)});
    const { openSync } = await import("node:fs");
    try { for (;;) openSync("/dev/null"); } catch {}
    try { readLineFile("/dev/null"); } catch (error) { process.stdout.write(error.name + " " + error.message); }`;
  const shell = 'ulimit -n 60; exec "$0" --input-type=module -e "$1"';
  const said = execFileSync("/bin/sh", ["-c", shell, process.execPath, code], { encoding: "utf8" });
  expect(said).toBe("TemporaryError cannot read /dev/null (EMFILE)");
});

describe("secret-svc key check", () => {
  const check = (env: Readonly<Record<string, string>>) => run(env, "key", "check");

  test("shows source, form and fingerprint of the key, and whether the store knows it; never the key", async () => {
    const { code, stdout, stderr } = await check(fromProgram);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.replace(/\d+\.\d\d s/, "N s")).toBe(
      [
        `source:      OB_ENCRYPTION_KEY_COMMAND (${program}, N s)`,
        "form:        base64",
        `fingerprint: ${kidOf(raw)}`,
        "store:       it knows this key",
        "",
      ].join("\n"),
    );
  });

  test("threat 271: ends with 78 for a key that the store does not know, before anything is written", async () => {
    const db = new DatabaseSync(join(dataDir, "secrets.db"), { readOnly: true });
    const keysOfStore = () => db.prepare("SELECT purpose, kid FROM keys ORDER BY purpose, kid").all();
    const before = keysOfStore();
    const { code, stdout, stderr } = await check({ OB_ENCRYPTION_KEY_COMMAND: programs.script(`echo ${keyB}`) });
    expect({ code, stderr }).toEqual({
      code: 78,
      stderr: expect.stringContaining(`the store needs the encryption key with the fingerprint ${kidOf(raw)}`),
    });
    expect(stdout + stderr).not.toContain(keyB);
    expect(before).toContainEqual({ purpose: "keyring", kid: kidOf(raw) });
    expect(keysOfStore()).toEqual(before);
    db.close();
  });

  test("knows a key that is about to replace another one, and a store that is still to be made", async () => {
    const next = { OB_ENCRYPTION_KEY: keyB, OB_PREVIOUS_ENCRYPTION_KEYS_COMMAND: program };
    const { code, stdout } = await check(next);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^source: +OB_ENCRYPTION_KEY$/m);
    expect(stdout).toContain(`former:      ${kidOf(raw)}\n`);
    expect(stdout).toContain("store:       it knows a former key, and gets this one at the next start\n");
    const empty = await check({ ...fromProgram, SECRET_SVC_DATA_DIR: programs.path() });
    expect(empty).toMatchObject({ code: 0, stdout: expect.stringContaining("store:       there is none yet\n") });
  });

  test("ends with 75 when the program fails, and with 78 when there is no key", async () => {
    expect(await check({ OB_ENCRYPTION_KEY_COMMAND: failing })).toMatchObject({ code: 75, stdout: "" });
    const folder = programs.subfolder();
    expect(await check({ SECRET_SVC_DATA_DIR: folder })).toMatchObject({
      code: 78,
      stderr: expect.stringContaining("no encryption key is set"),
    });
  });

  test("ends with 75 only for a store that a later call may read", async () => {
    const noAnswer = { ...fromProgram, SECRET_SVC_STORE: "mongodb://127.0.0.1:9/secrets?serverSelectionTimeoutMS=100" };
    expect(await check(noAnswer)).toMatchObject({
      code: 75,
      stderr: expect.stringContaining("the store cannot be asked: "),
    });
    const half = programs.subfolder();
    copyFileSync(join(dataDir, "secrets.db"), join(half, "secrets.db"));
    expect(await check({ ...fromProgram, SECRET_SVC_DATA_DIR: half })).toMatchObject({ code: 1 });
    const circle = programs.path();
    symlinkSync(circle, circle);
    expect(await check({ ...fromProgram, SECRET_SVC_DATA_DIR: circle })).toMatchObject({
      code: 78,
      stderr: expect.stringContaining("(ELOOP)"),
    });
  });

  test("says what a start does with a store of another schema version", async () => {
    const folder = programs.path();
    const at = { ...fromProgram, SECRET_SVC_DATA_DIR: folder };
    await (await startServer({ dataDir: folder, env: fromProgram })).stop();
    const setVersion = (change: string) => {
      for (const name of ["secrets.db", "audit.db"]) {
        const db = new DatabaseSync(join(folder, name));
        db.exec(`UPDATE meta SET value = ${change} WHERE name = 'schema'`);
        db.close();
      }
    };
    setVersion("value - 1");
    expect(await check(at)).toMatchObject({ code: 0, stdout: expect.stringContaining("a start migrates it") });
    setVersion("999");
    for (const args of [["key", "check"], ["serve"]]) {
      expect(await run(at, ...args)).toMatchObject({ code: 78, stderr: expect.stringContaining("schema version 999") });
    }
  });

  test("threat 271: needs every key that a start needs, and not only the active one", async () => {
    const folder = programs.path();
    const [first, second] = [{ OB_ENCRYPTION_KEY_COMMAND: program }, { OB_ENCRYPTION_KEY: keyB }];
    const at = { SECRET_SVC_DATA_DIR: folder };
    await (await startServer({ dataDir: folder, env: first })).stop();
    const both = { ...second, OB_PREVIOUS_ENCRYPTION_KEYS_COMMAND: program };
    await (await startServer({ dataDir: folder, env: both })).stop();
    expect(await check({ ...both, ...at })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("it knows this key"),
    });
    const missing = {
      code: 78,
      stderr: expect.stringContaining(`needs the encryption key with the fingerprint ${kidOf(raw)}`),
    };
    expect(await run({ ...second, ...at }, "serve")).toMatchObject(missing);
    expect(await check({ ...second, ...at })).toMatchObject(missing);
  });
});

test("threat 272: a key that is left in the data directory when a program prints the key is not forgotten there", async () => {
  const folder = programs.path();
  await (await startServer({ dataDir: folder })).stop();
  const file = join(folder, "encryption.key");
  const moved = { OB_ENCRYPTION_KEY_COMMAND: programs.script(`echo ${readFileSync(file, "utf8").trim()}`) };
  const at = { ...moved, SECRET_SVC_DATA_DIR: folder };
  const refused = await run(at, "serve");
  expect(refused).toMatchObject({ code: 78, stdout: "" });
  expect(refused.stderr).toContain(`OB_ENCRYPTION_KEY_COMMAND is set, but there is also a key in ${file}`);
  expect(await run(at, "admin-token")).toMatchObject({ code: 78, stdout: "" });

  const checked = await run(at, "key", "check");
  expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining("it knows this key") });
  expect(checked.stderr).toBe(`secret-svc: hint: the service starts only when ${file} is no longer there\n`);
  rmSync(file);
  const after = await startServer({ dataDir: folder, env: moved });
  expect(existsSync(file)).toBe(false);
  await after.stop();
});
