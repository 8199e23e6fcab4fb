import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { lockDirectory } from "../../src/store/sqlite/directory-lock.ts";
import { programPath } from "../support/built-package.ts";
import { startServer } from "../support/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

const program = programPath("secret-svc");

function run(dataDir: string, command: string) {
  const env = { PATH: process.env.PATH ?? "", SECRET_SVC_DATA_DIR: dataDir, SECRET_SVC_LISTEN: "127.0.0.1:0" };
  return promisify(execFile)(program, [command], { env });
}

test("a second service on a data directory is refused, naming the first; after a crash the directory is free", async () => {
  const dataDir = join(folder, "data");
  const first = await startServer({ dataDir });
  const pid = readFileSync(join(dataDir, "server.pid"), "utf8").trim();
  const refused: unknown = await run(dataDir, "serve").catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect((refused as { stderr: string }).stderr).toMatch(
    `secret-svc: error: the data directory ${dataDir} is in use by process ${pid} (${join(dataDir, "server.pid")}); stop`,
  );
  // The first one goes on unharmed, and a command that only writes a row may.
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  expect((await run(dataDir, "admin-token")).stdout).toMatch(/^oo_/);

  await first.kill();
  const second = await startServer({ dataDir });
  await second.stop();
  expect(existsSync(join(dataDir, "server.pid"))).toBe(false);
});

test("a directory is also locked within one process, until it is released", () => {
  const dataDir = join(folder, "within");
  const lock = lockDirectory(dataDir);
  expect(() => lockDirectory(dataDir)).toThrow(/is in use by process \d+/);
  lock.release();
  lockDirectory(dataDir).release();
});
