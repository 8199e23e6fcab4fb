import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrateFiles, type StoreFiles } from "../../src/store/sqlite/migrate.ts";
import type { MigrationStep } from "../../src/store/sqlite/migrations/step.ts";
import { migrationSteps } from "../../src/store/sqlite/migrations/steps.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { openSqliteSnapshot } from "../../src/store/sqlite/open-snapshot.ts";
import { schemaVersion } from "../../src/store/sqlite/schema.ts";
import type { Store } from "../../src/store/store.ts";
import { type Usage, versionBytes, wholeTenant } from "../../src/store/usage.ts";

const names = ["secrets.db", "audit.db"] as const;
const vectors = join(import.meta.dirname, "../vectors/stores/7c1a95c");
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "migrations-"));
  for (const name of names) cpSync(join(vectors, name), join(directory, name));
});
afterEach(() => rmSync(directory, { recursive: true }));

const opening = (folder = directory) => openSqliteStore({ directory: folder, auditSync: "process", migrates: true });

function using<T>(use: (files: StoreFiles) => T): T {
  const [secrets, access] = names.map((name) => new DatabaseSync(join(directory, name)));
  if (secrets === undefined || access === undefined) throw new Error("there are two files");
  try {
    return use({ secrets, access });
  } finally {
    secrets.close();
    access.close();
  }
}

/** What is stored, counted version by version. */
async function fullCount(store: Store): Promise<ReadonlyMap<string, Usage>> {
  const rows = using(({ secrets }) => secrets.prepare("SELECT tenant, key FROM secret").all());
  const counts = new Map<string, { secrets: number; bytes: number }>();
  for (const { tenant, key } of rows.map((row) => ({ tenant: String(row.tenant), key: String(row.key) }))) {
    const [current] = await store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" });
    if (current === undefined) throw new Error(`${key} is not stored`);
    for (const slug of [current.owner, wholeTenant]) {
      const counted = counts.get(`${tenant}/${slug}`) ?? { secrets: 0, bytes: 0 };
      counts.set(`${tenant}/${slug}`, counted);
      if (!current.removed) counted.secrets += 1;
      for (const version of await store.listHistory(tenant, key)) counted.bytes += versionBytes(version);
    }
  }
  return counts;
}

const versionOf = (db: DatabaseSync) => db.prepare("SELECT value FROM meta WHERE name = 'schema'").get()?.value;
const versions = () => using(({ secrets, access }) => [versionOf(secrets), versionOf(access)]);

/** What SQLite was asked to make, without the spaces in it. */
function tablesOf(folder: string, name: string): readonly string[] {
  const db = new DatabaseSync(join(folder, name), { readOnly: true });
  try {
    const rows = db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").all();
    return rows.map(({ sql }) => String(sql).replaceAll(/\s+/g, ""));
  } finally {
    db.close();
  }
}

describe("migrating SQLite", () => {
  it("has a step for each schema version, without a gap, and ends at the one of this program", () => {
    const made = migrationSteps.map(({ version }) => version);
    expect(made).toEqual(Array.from({ length: schemaVersion - 4 }, (_, at) => at + 5));
  });

  it("makes the same tables as a new store has", async () => {
    await (await opening()).close();
    expect(versions()).toEqual([schemaVersion, schemaVersion]);
    const fresh = mkdtempSync(join(tmpdir(), "fresh-"));
    await (await opening(fresh)).close();
    for (const name of names) expect(tablesOf(directory, name)).toEqual(tablesOf(fresh, name));
    rmSync(fresh, { recursive: true });
  });

  it("writes down each key that cannot be made again, and which audit.db belongs to secrets.db", async () => {
    await (await opening()).close();
    using(({ secrets, access }) => {
      const facts = secrets.prepare("SELECT name FROM facts ORDER BY name").all();
      const keys = secrets
        .prepare("SELECT purpose || ' ' || kid AS name FROM keys WHERE purpose <> 'keyring' ORDER BY name")
        .all();
      expect(keys).toHaveLength(2);
      expect(facts).toEqual(keys);
      const epoch = access.prepare("SELECT value FROM meta WHERE name = 'epoch'").get();
      expect(secrets.prepare("SELECT value FROM meta WHERE name = 'access_epoch'").get()).toEqual(epoch);
    });
  });

  it("counts what users and tenants have stored", async () => {
    const store = await opening();
    const counted = await store.listUsage({ tenant: "", slug: "" }, 100);
    const full = await fullCount(store);
    await store.close();
    expect(counted.map(({ tenant, slug }) => `${tenant}/${slug}`)).toEqual([...full.keys()].sort());
    for (const { tenant, slug, ...usage } of counted) expect(usage).toEqual(full.get(`${tenant}/${slug}`));
    const of = (slug: string) => full.get(`default/${slug}`);
    expect(of(wholeTenant)?.bytes).toBeGreaterThan(of("admin")?.bytes ?? 0);
  });

  it("leaves a file whole when a step ends in the middle, and the next start goes on", () => {
    const halfway: MigrationStep[] = migrationSteps.map((step) => ({
      ...step,
      secrets(db, facts) {
        step.secrets?.(db, facts);
        throw new Error("the process ends here");
      },
    }));
    const before = tablesOf(directory, "secrets.db");
    expect(() => using((files) => migrateFiles(files, halfway))).toThrow("the process ends here");
    expect(versions()).toEqual([4, schemaVersion]);
    expect(tablesOf(directory, "secrets.db")).toEqual(before);
    using((files) => migrateFiles(files));
    expect(versions()).toEqual([schemaVersion, schemaVersion]);
    using((files) => migrateFiles(files));
    expect(versions()).toEqual([schemaVersion, schemaVersion]);
  });

  it("does nothing to a store that is only used: the message says who migrates it", async () => {
    const used = openSqliteStore({ directory, auditSync: "process" });
    await expect(used).rejects.toThrow(
      new RegExp(
        `^secrets.db has schema version 4; this program needs ${schemaVersion}: .* start 'secret-svc serve' of this version`,
      ),
    );
    await expect(openSqliteSnapshot(directory)).rejects.toThrow("start 'secret-svc serve' of this version");
    expect(versions()).toEqual([4, 4]);
  });
});
