import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runOo } from "../support/cli/run-oo.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

// What docs/settings.md says under "The data directory".
let folder: string;
const data = () => join(folder, "data");
const backup = () => join(folder, "backup");
const oo = (server: ServerProcess, ...args: string[]) =>
  runOo(args, { env: { OO_URL: server.url, OO_TOKEN: server.adminToken } });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "backup-"));
  const server = await startServer({ dataDir: data() });
  await oo(server, "secret", "save", "KEPT", "value");
  await server.stop();
  cpSync(data(), backup(), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a copy of the folder of a stopped service is a backup", async () => {
  const server = await startServer({ dataDir: backup() });
  try {
    expect((await oo(server, "secret", "list", "--show")).stdout).toContain("key: KEPT\n  value: value\n");
  } finally {
    await server.stop();
  }
});

test("threat 107: without its key the copy is refused, and gets no new key", async () => {
  rmSync(join(backup(), "encryption.key"));
  await expect(startServer({ dataDir: backup() })).rejects.toThrow(/needs .*key|key .*needed|encryption key/i);
  cpSync(join(data(), "encryption.key"), join(backup(), "encryption.key"), { errorOnExist: true, force: false });
  const server = await startServer({ dataDir: backup() });
  try {
    expect((await oo(server, "secret", "list", "--show")).stdout).toContain("value: value\n");
  } finally {
    await server.stop();
  }
});
