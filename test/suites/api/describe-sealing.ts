import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { SaveOutcome } from "../../../gen/secret/v1/secret_service_pb.ts";
import { sealingSuite, sealValue } from "../../../src/crypto/sealed-value.ts";
import { expectFailure } from "../../support/api/failure.ts";
import { readOne, saveOne } from "../../support/api/secret-calls.ts";
import type { Callers } from "./describe-api.ts";

/** Sealing, opening and saving what is sealed, the same over every transport. */
export function describeSealing(callers: () => Callers): void {
  it("threat 30: seals for a key, saves it, and shows it as what it is, which is not encrypted", async () => {
    const { alice } = callers();
    const key = "alice/SEALED";
    const sealed = await alice.secrets.encryptValue({ value: "päss", key, checksumAlgorithm: "SHA-256" });
    const text = sealed.value ?? "";
    expect(sealed).toMatchObject({ values: [], checksums: [], checksumAlgorithm: "SHA-256" });
    expect(sealed.checksum).toBe(createHash("sha256").update(text).digest("hex"));
    const { checksum, checksumAlgorithm } = sealed;
    const input = { key, value: text, encrypted: true, checksum, checksumAlgorithm };
    expect(await saveOne(alice, input)).toMatchObject({ outcome: SaveOutcome.CREATED, version: 1 });
    expect(await readOne(alice, key)).toMatchObject({ value: "päss", encrypted: false });
    expect(await saveOne(alice, input)).toMatchObject({ outcome: SaveOutcome.UNCHANGED, version: 1 });
    expect(await alice.secrets.decryptValue({ value: text })).toMatchObject({ value: "päss", values: [] });
  });

  it("threat 29: seals several values in their order, and refuses one and several at once", async () => {
    const { alice } = callers();
    const values = ["one", "two", "one"];
    const sealed = await alice.secrets.encryptValue({ values });
    expect(sealed.value).toBeUndefined();
    expect(new Set(sealed.values).size).toBe(3);
    expect(sealed.checksums).toHaveLength(3);
    expect(await alice.secrets.decryptValue({ values: sealed.values })).toMatchObject({ values });
    const conflicting = { code: "InvalidArgument", reason: "CONFLICTING_FIELDS", field: "values" } as const;
    await expectFailure(alice.secrets.encryptValue({ value: "one", values }), conflicting);
    await expectFailure(alice.secrets.decryptValue({ value: "one", values }), conflicting);
    const missing = { code: "InvalidArgument", reason: "INVALID_FIELD", field: "value" } as const;
    await expectFailure(alice.secrets.encryptValue({}), missing);
    await expectFailure(alice.secrets.decryptValue({}), missing);
  });

  it("gives everyone the key that seals, without a token", async () => {
    const { service, alice } = callers();
    const key = await service.as("").secrets.getSealingKey({});
    expect(key).toMatchObject({ kid: expect.stringMatching(/^[0-9a-f]{16}$/), suite: sealingSuite });
    const place = { tenant: "default", scope: "key", target: "alice/OFFLINE" } as const;
    const value = await sealValue(key, place, "sealed offline");
    await saveOne(alice, { key: "alice/OFFLINE", value, encrypted: true });
    expect(await readOne(alice, "alice/OFFLINE")).toMatchObject({ value: "sealed offline" });
  });

  it("fault D5: the stored value, sealed again, is not a change for those who may read it, and only for them", async () => {
    const { admin, alice } = callers();
    const key = "resealed/KEY";
    const seal = async (value: string) => (await admin.secrets.encryptValue({ value, key })).value ?? "";
    await saveOne(admin, { key, value: await seal("same"), encrypted: true, writers: ["alice"] });
    const before = await readOne(admin, key);
    const again = { key, value: await seal("same"), encrypted: true };
    expect(await saveOne(admin, again)).toMatchObject({ outcome: SaveOutcome.UNCHANGED, version: 1 });
    const listed = await saveOne(admin, { ...again, readers: ["bob"] });
    expect(listed).toMatchObject({ outcome: SaveOutcome.UPDATED, version: 2, changedFields: ["readers"] });
    expect((await readOne(admin, key))?.valueChangedAt).toEqual(before?.valueChangedAt);
    // Anyone can seal a guess. A writer who may not read must not learn that it was right.
    const guessed = await saveOne(alice, { key, value: await seal("same"), encrypted: true });
    expect(guessed).toMatchObject({ outcome: SaveOutcome.UPDATED, version: 3, changedFields: ["value"] });
    const other = await saveOne(admin, { key, value: await seal("other"), encrypted: true });
    expect(other).toMatchObject({ outcome: SaveOutcome.UPDATED, version: 4, changedFields: ["value"] });
  });

  it("threat 2: refuses what is sealed for another key, naming both", async () => {
    const { admin, alice, bob } = callers();
    const { value: forAlice = "" } = await alice.secrets.encryptValue({ value: "hers", key: "alice/HERS" });
    for (const [api, key] of [
      [bob, "bob/MINE"],
      [alice, "alice/OTHER"],
      [admin, "alice/OTHER"],
    ] as const) {
      const refused = api.secrets.saveSecrets({ secrets: [{ key, value: forAlice, encrypted: true }] });
      const { message } = await expectFailure(refused, {
        code: "InvalidArgument",
        reason: "NOT_A_SEALED_VALUE",
        field: "secrets[0].value",
        key,
      });
      expect(message).toContain("alice/HERS of the tenant default");
      expect(message).toContain(`${key} of the tenant default`);
      expect(await readOne(api, key)).toBeUndefined();
    }
  });

  it("threats 1, 80: opens for readers only, and shows others nothing", async () => {
    const { admin, alice, bob } = callers();
    const key = "alice/DECRYPT";
    const { value = "" } = await alice.secrets.encryptValue({ value: "hers", key });
    const { value: absent = "" } = await alice.secrets.encryptValue({ value: "hers", key: "alice/D-ABSENT" });
    await saveOne(alice, { key, value, encrypted: true });
    const expected = { code: "NotFound", reason: "NOT_FOUND", field: "value" } as const;
    const hidden = await expectFailure(bob.secrets.decryptValue({ value }), expected);
    const missing = await expectFailure(bob.secrets.decryptValue({ value: absent }), expected);
    expect(JSON.stringify(hidden).replaceAll(key, "K")).toBe(JSON.stringify(missing).replaceAll("alice/D-ABSENT", "K"));
    await saveOne(alice, { key, writers: ["alice", "bob"] });
    await expectFailure(bob.secrets.decryptValue({ value }), {
      code: "PermissionDenied",
      reason: "MISSING_RIGHT",
      right: "read",
      key,
    });
    await saveOne(alice, { key, readers: ["bob"] });
    expect(await bob.secrets.decryptValue({ value })).toMatchObject({ value: "hers" });
    expect(await admin.secrets.decryptValue({ value: absent })).toMatchObject({ value: "hers" });
  });
}
