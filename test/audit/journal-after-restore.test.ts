import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { programPath } from "../support/built-package.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { startServer } from "../support/server-process.ts";

test("threat 309: a store that was restored next to the journal of the former one starts, and leaves it alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "journal-restore-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => join(folder, name);
  const env = { OB_ENCRYPTION_KEY: Buffer.alloc(32, 9).toString("base64") };
  const run = (...args: string[]) => runProgram(programPath("secret-svc"), args, { cwd: folder, env });
  const start = async (name: string) => {
    const service = await startServer({ dataDir: at(name), env });
    onTestFinished(() => service.kill());
    return service;
  };
  const first = await start("former");
  const oo = (url: string, ...args: string[]) => runOo(args, { env: { OO_URL: url, OO_TOKEN: first.adminToken } });
  expect((await oo(first.url, "secret", "save", "app/KEY", "canary")).code).toBe(0);
  writeFileSync(at("backup.pub"), (await run("backup-key", "backup.key")).stdout);
  const made = await run("backup", "--data-dir", "former", "--to", "a.backup", "--key", "backup.pub");
  expect(made.code).toBe(0);
  expect((await oo(first.url, "secret", "list", "--show")).stdout).toContain("canary");
  await first.kill();

  const from = ["restore", "--from", "a.backup", "--key", "backup.key", "--data-dir", "restored"];
  expect((await run(...from)).code).toBe(0);
  cpSync(at("former/access-journal"), at("restored/access-journal"), { recursive: true });
  const left = () => readdirSync(at("restored/access-journal")).filter((name) => name.endsWith(".segment"));
  const before = left();
  expect(before).toHaveLength(1);
  for (let round = 1; round <= 2; round += 1) {
    const restored = await start("restored");
    await restored.printed("cannot be read with the keys of this store, and stays");
    expect(left()).toEqual(expect.arrayContaining(before));
    expect(await oo(restored.url, "audit", "verify")).toMatchObject({ code: 0 });
    expect((await oo(restored.url, "audit", "list")).stdout).not.toMatch(/secret\.read/);
    await restored.stop();
    expect(left()).toEqual(before);
  }
  // The former store has its records, and the journal is no longer needed.
  const former = await start("former");
  expect((await oo(former.url, "audit", "list", "--action", "secret.read")).stdout).toContain("app/KEY");
  expect(await oo(former.url, "audit", "verify")).toMatchObject({ code: 0 });
});
