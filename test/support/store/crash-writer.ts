import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import type { StoredSecret } from "../../../src/store/secret-rows.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open.ts";
import { crashKeys } from "./crash-keys.ts";
import { aCommit, aRecord, aSecret, auditKey, nextVersion, startMs, tenant } from "./rows.ts";

// Run by the crash test in a process of its own, on the directory given as argument: writers that never stop, each of
// whose acknowledged writes is a line on stdout. Written synchronously, because the process is killed at any moment.

const store = await openSqliteStore({ directory: process.argv[2] ?? "", auditSync: "process" });
await store.beginAudit({ auditKey, chain: randomUUID(), startedAtMs: startMs });
report({ ready: true });
await Promise.all([
  ...crashKeys.contended.map((key) => write([key], () => false)),
  ...crashKeys.contended.map((key) => write([key], () => false)),
  ...crashKeys.batches.map((keys) => write(keys, () => false)),
  ...crashKeys.flipping.map((key) => write([key], (version) => version % 3 === 0)),
]);

/** Tries again while the reader is slow and the pipe is full. */
function report(line: object): void {
  for (;;) {
    try {
      writeSync(1, `${JSON.stringify(line)}\n`);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

/** Saves the next version of all `keys` in one commit, again and again; others may be faster. */
async function write(keys: readonly string[], isRemoval: (version: number) => boolean): Promise<never> {
  for (;;) {
    const current = await store.findSecrets({ tenant, keys, visibleTo: "everyone" });
    const mark = randomUUID();
    const secrets = keys.map((key) => next(current.find((secret) => secret.key === key) ?? key, mark, isRemoval));
    const audit = secrets.map(({ key, version }) => aRecord({ key, version, requestId: mark }));
    const outcome = await store.commitSecrets(aCommit(secrets, { audit }));
    if (outcome.status !== "committed") continue;
    report({ mark, written: secrets.map(({ key, version, removed }) => ({ key, version, removed })) });
    await store.appendAccess([aRecord({ action: "secret.read", key: "", requestId: mark })]);
    report({ mark, recorded: true });
  }
}

function next(current: StoredSecret | string, mark: string, isRemoval: (version: number) => boolean): StoredSecret {
  const metadata = [["mark", mark]] as const;
  if (typeof current === "string") return aSecret(current, { metadata });
  return nextVersion(current, { metadata, removed: isRemoval(current.version + 1) });
}
