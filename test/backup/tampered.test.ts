import { describe, expect, onTestFinished, test } from "vitest";
import type { BackupRecord } from "../../src/backup/content.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import {
  aKeyring,
  begin,
  contentOf,
  fill,
  openPlace,
  type StoreKind,
  save,
  storeKinds,
} from "../support/backup/fixture.ts";
import { aRecord, aSecret, nextVersion } from "../support/store/rows.ts";

async function filled(kind: StoreKind) {
  const place = await openPlace(kind);
  onTestFinished(() => place.dispose());
  const keyring = aKeyring();
  await fill(place.store, keyring);
  return { ...place, keyring, look: () => contentOf(place, keyring) };
}

const keysIn = (records: readonly BackupRecord[]) =>
  records.flatMap((record) => (record.kind === "secret" ? (record.versions[0]?.key ?? "") : []));

describe.each(storeKinds)("%s", (kind) => {
  test("threat 105: an old row that was put back is reported, and so is a deleted one", async () => {
    const { store, keyring, tamper, look } = await filled(kind);
    const first: StoredSecret = await save(store, keyring, aSecret("ops/A"), { value: "stolen" });
    const copy = await tamper.copyRow("ops/A");
    await save(store, keyring, nextVersion(first), { value: "changed, for it was stolen" });
    await save(store, keyring, aSecret("ops/B"), { value: "b" });
    expect((await look()).problems).toEqual([]);
    await copy.putBack();
    await tamper.deleteRow("ops/B");
    expect((await look()).problems).toEqual([
      "ops/A of the tenant default is at version 1, and the audit log has version 2: an old row was put back",
      "ops/B of the tenant default has versions, but its row is missing",
      "ops/B of the tenant default is missing, and the audit log has version 1: its row was deleted",
    ]);
    await tamper.deleteVersions("ops/A", 1);
    await tamper.deleteVersions("ops/B", 0);
    expect((await look()).problems).toEqual([
      "ops/A of the tenant default is at version 1, and the audit log has version 2: an old row was put back",
      "ops/B of the tenant default is missing, and the audit log has version 1: its row was deleted",
    ]);
  });

  test("what was purged is not missing, and may begin anew", async () => {
    const { store, keyring, look } = await filled(kind);
    for (const key of ["ops/A", "ops/B"]) {
      const first = await save(store, keyring, aSecret(key), { value: "x" });
      await save(store, keyring, nextVersion(first), { value: "y" });
      const record = aRecord({ action: "secret.purge", key, version: 2, timeMs: first.updatedAtMs + 2 });
      const purges = [{ key, version: 2, keepCurrent: false }];
      await store.commitSecrets({ tenant: "default", changes: [], purges, audit: [record], idempotency: undefined });
    }
    const again = aSecret("ops/A");
    await save(store, keyring, { ...again, updatedAtMs: again.updatedAtMs + 3 }, { value: "new" });
    expect((await look()).problems).toEqual([]);
  });

  test("threat 105: a purge of old versions does not hide that an old row was put back", async () => {
    const { store, keyring, tamper, look } = await filled(kind);
    const first = await save(store, keyring, aSecret("ops/A"), { value: "stolen" });
    const copy = await tamper.copyRow("ops/A");
    const second = await save(store, keyring, nextVersion(first), { value: "changed" });
    const timeMs = second.updatedAtMs + 1;
    const record = aRecord({ action: "secret.purge", key: "ops/A", version: 2, timeMs, filter: "oldVersions" });
    const purges = [{ key: "ops/A", version: 2, keepCurrent: true }];
    await store.commitSecrets({ tenant: "default", changes: [], purges, audit: [record], idempotency: undefined });
    expect((await look()).problems).toEqual([]);
    await copy.putBack();
    expect((await look()).problems).toEqual([
      "ops/A of the tenant default is at version 1, and the audit log has version 2: an old row was put back",
    ]);
  });

  test("a secret that was edited is left out and reported; the others are there", async () => {
    const { tamper, look } = await filled(kind);
    await tamper.setOwner("prod/SEALED", "mallory");
    const { records, problems } = await look();
    expect(problems).toEqual([
      "prod/SEALED of the tenant acme, version 1, does not verify and is not in the backup",
      ...(kind === "sqlite"
        ? ["prod/SEALED of the tenant default, version 1, does not verify and is not in the backup"]
        : []),
    ]);
    expect(keysIn(records).filter((key) => key === "prod/CHANGED")).toHaveLength(2);
  });

  test("a secret whose current version was edited is left out, and does not come back in an old version", async () => {
    const { tamper, look } = await filled(kind);
    await tamper.setOwner("prod/CHANGED", "mallory");
    const tenants = (await look()).records.flatMap((record) =>
      record.kind === "secret" && record.versions[0]?.key === "prod/CHANGED" ? record.versions[0].tenant : [],
    );
    expect(tenants).not.toContain("acme");
  });

  test("a user who was made an admin in the database is not in the backup", async () => {
    const place = await openPlace(kind);
    onTestFinished(() => place.dispose());
    const keyring = aKeyring();
    await fill(place.store, keyring);
    await place.tamper.makeAdmin("bob");
    const { records, problems } = await contentOf(place, keyring);
    expect(problems[0]).toBe("the user bob of the tenant acme does not verify and is not in the backup");
    expect(records.some((record) => record.kind === "user" && record.user.slug === "bob" && record.user.admin)).toBe(
      false,
    );
  });

  test("an empty store can be backed up", async () => {
    const place = await openPlace(kind);
    onTestFinished(() => place.dispose());
    const keyring = aKeyring();
    await begin(place.store, keyring);
    const { records, problems } = await contentOf(place, keyring);
    expect(problems).toEqual([]);
    expect(records.map((record) => record.kind)).toEqual(["backup", "sealing-key", "end"]);
  });
});
