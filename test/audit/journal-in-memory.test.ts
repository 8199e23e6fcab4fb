import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { findInMemory, requireLastingJournal } from "../../src/service/in-memory.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { makeFolderOnDisk } from "../support/folder-on-disk.ts";
import { startServer } from "../support/server-process.ts";

const mongoUri = "mongodb://host/secrets";

function removed(folder: string): string {
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What Linux has in memory everywhere. */
const inMemory = () => removed(mkdtempSync("/dev/shm/journal-in-memory-"));
const onDisk = () => removed(makeFolderOnDisk("journal-in-memory-"));

describe("threat 316: a journal of access whose folder is in memory", () => {
  test("is found on both stores, with what is lost", () => {
    const dataDir = inMemory();
    const folder = join(dataDir, "access-journal");
    for (const accessJournal of ["process", "disk"] as const) {
      expect(findInMemory({ mongoUri, dataDir, accessJournal })).toEqual({ folder, holds: "journal" });
      expect(findInMemory({ mongoUri: undefined, dataDir, accessJournal })?.folder).toBe(dataDir);
    }
    expect(findInMemory({ mongoUri: undefined, dataDir, accessJournal: undefined })?.holds).toBe("everything");
    expect(findInMemory({ mongoUri, dataDir, accessJournal: undefined })).toBeUndefined();
  });

  test("is found before it is made, and not on a disk", () => {
    const dataDir = onDisk();
    const places = { dataDir, accessJournal: "disk" } as const;
    for (const uri of [mongoUri, undefined]) {
      expect(findInMemory({ ...places, mongoUri: uri })).toBeUndefined();
      expect(() => requireLastingJournal({ ...places, mongoUri: uri })).not.toThrow();
    }
    mkdirSync(join(dataDir, "access-journal"));
    expect(findInMemory({ ...places, mongoUri })).toBeUndefined();
  });

  test("is refused by a service that has to keep records through a loss of power, before it makes a store", async () => {
    const dataDir = inMemory();
    const refused = startServer({ dataDir, env: { SECRET_SVC_AUDIT_SYNC: "disk" } });
    await expect(refused).rejects.toThrow(
      `SECRET_SVC_AUDIT_SYNC is disk, and ${dataDir} is in memory: a record there does not survive a loss of power`,
    );
    const service = await startServer({ dataDir, env: { SECRET_SVC_AUDIT_SYNC: "process" } });
    onTestFinished(() => service.kill());
    await service.printed(`${dataDir} is in memory: everything in it is lost when the machine restarts`);
    const env = { OO_TOKEN: service.adminToken, OO_URL: service.url };
    const { stdout, code } = await runOo(["secret", "is-secure", "--findings"], { env });
    expect(code).toBe(0);
    expect(stdout).toContain(`warning data-in-memory: the data directory ${dataDir} is in memory`);
  });

  test("is no matter for a service on a disk", async () => {
    const dataDir = onDisk();
    const service = await startServer({ dataDir, env: { SECRET_SVC_AUDIT_SYNC: "disk" } });
    onTestFinished(() => service.kill());
    await service.printed("encryption key");
    expect(service.output()).not.toContain("in memory");
  });
});
