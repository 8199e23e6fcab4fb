import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeOldStore, encryptionKey, testOldBackup } from "../suites/old-store.ts";
import { startServerInProcess } from "../support/server-in-process.ts";

const folder = join(import.meta.dirname, "stores/7c1a95c");

describeOldStore("the store that commit 7c1a95c wrote", folder, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "old-store-"));
  for (const name of ["secrets.db", "audit.db", "admin.token"]) cpSync(join(folder, name), join(dataDir, name));
  const server = await startServerInProcess({ dataDir, env: { OB_ENCRYPTION_KEY: encryptionKey } });
  return { ...server, stop: () => server.stop().finally(() => rmSync(dataDir, { recursive: true })) };
});

testOldBackup("the backup that commit 7c1a95c wrote", folder, async () => ({}));
