import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { programPath } from "../../../support/built-package.ts";
import { startServer } from "../../../support/server-process.ts";
import { vaultCaller, vaultOn } from "../../../support/vault/vault-call.ts";
import { done, ours } from "./expectations.ts";
import { runProgram, type World } from "./world.ts";

// Check 10: what is destroyed is nowhere any more.

export async function destroy(world: World): Promise<void> {
  await done(world, "kv put secret/d v=destroyed-value");
  await done(world, "kv put secret/d v=2");
  const other = world.as(await world.addUser("no-admin"));
  await ours(world, "secret reader add d no-admin");
  assert.equal((await other("PUT", "secret/destroy/d", { versions: [1] })).status, 403);
  assert.deepEqual(versionsInFile(world, "d"), [1, 2, 3]);
  await done(world, "kv destroy -versions=1 secret/d", "Success");
  const versions = await world.oo(["secret", "versions", "d", "--show"]);
  assert.ok(!versions.output.includes("destroyed-value"), "the value is shown");
  const events = JSON.parse(await ours(world, "audit list --key d --action secret.purge --decision allowed -o json"));
  assert.equal(events.length, 1);
  assert.deepEqual(versionsInFile(world, "d"), [2, 3]);
  await aBackupIsWithoutIt(world);
}

function versionsInFile({ server }: World, key: string): readonly number[] {
  const database = new DatabaseSync(join(server.dataDir, "secrets.db"), { readOnly: true });
  try {
    const rows = ["secret", "history"].flatMap((table) =>
      database.prepare(`SELECT version FROM ${table} WHERE key = ?`).all(key),
    );
    return [...new Set(rows.map(({ version }) => Number(version)))].toSorted();
  } finally {
    database.close();
  }
}

/** A new backup, restored into a service of its own. */
async function aBackupIsWithoutIt({ server, home }: World): Promise<void> {
  const folder = mkdtempSync(join(home, "restored-"));
  const [file, privateKey] = [join(home, "backup"), join(home, "backup.key")];
  const svc = async (...args: string[]) => {
    const { code, output } = await runProgram(programPath("secret-svc"), args, {});
    assert.equal(code, 0, output);
    return output.trim();
  };
  const publicKey = join(home, "backup.pub");
  await runProgram("sh", ["-c", 'echo "$1" > "$2"', "sh", await svc("backup-key", privateKey), publicKey], {});
  await svc("backup", "--data-dir", server.dataDir, "--to", file, "--key", publicKey);
  assert.ok(existsSync(file));
  await svc("restore", "--data-dir", folder, "--from", file, "--key", privateKey);
  const restored = await startServer({ dataDir: folder, env: vaultOn.environment });
  try {
    const call = vaultCaller(restored, server.adminToken);
    assert.deepEqual((await call("GET", "secret/data/d")).json?.data?.data, { v: "2" });
    const destroyed = await call("GET", "secret/data/d?version=1");
    assert.equal(destroyed.status, 404);
    assert.ok(!destroyed.text.includes("destroyed-value"), destroyed.text);
  } finally {
    await restored.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
