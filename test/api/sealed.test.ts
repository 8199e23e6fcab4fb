import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { blake2s } from "@noble/hashes/blake2.js";
import { describe, expect, it } from "vitest";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { startWithAliceAndBob } from "../support/api/alice-and-bob.ts";
import { expectFailure } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { notSealed, readOne, type SecretInit, saveOne, seal } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

const { admin, alice, bob } = await startWithAliceAndBob(connectJson);

const save = (api: Api, secret: SecretInit) => api.secrets.saveSecrets({ secrets: [secret] });

describe("saving sealed values", () => {
  it("says what a sealed value looks like when a placeholder was left in a file", async () => {
    const { message } = await expectFailure(
      save(admin, { key: "p/X", value: "<encrypted>", encrypted: true }),
      notSealed,
    );
    expect(message).toMatch(/is not a sealed value; a sealed value looks like seal\.v1\.<kid>/);
    await expectFailure(save(admin, { key: "p/X", encrypted: true }), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      field: "secrets[0].value",
    });
  });

  it("refuses a sealed text that is given as a plain value", async () => {
    const value = await seal(admin, "v", "p/X");
    const { message } = await expectFailure(save(admin, { key: "p/X", value }), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      field: "secrets[0].value",
    });
    expect(message).toMatch(/set encrypted to true/);
  });

  it("the identical text is unchanged for everyone, also for who may not read; another one is a change", async () => {
    const key = "alice/SAME";
    const value = await seal(alice, "v", key);
    await saveOne(admin, { key, value, encrypted: true, writers: ["bob"] });
    for (const api of [admin, bob]) {
      expect(await saveOne(api, { key, value, encrypted: true })).toMatchObject({
        outcome: SaveOutcome.UNCHANGED,
        version: 1,
      });
    }
    // The same value sealed again: no one learns by it whether the value is equal.
    const again = await seal(alice, "v", key);
    const updated = { outcome: SaveOutcome.UPDATED, version: 2, changedFields: ["value"] };
    expect(await saveOne(bob, { key, value: again, encrypted: true })).toMatchObject(updated);
    expect(await saveOne(bob, { key, value: again, encrypted: true })).toMatchObject({
      outcome: SaveOutcome.UNCHANGED,
    });
    await saveOne(admin, { key, value: "plain" });
    expect(await saveOne(bob, { key, value: again, encrypted: true })).toMatchObject({ outcome: SaveOutcome.UPDATED });
    expect(await readOne(admin, key)).toMatchObject({ value: "v", version: 4 });
  });

  it("who may read but not write can resend the identical text only", async () => {
    const key = "alice/READER";
    const value = await seal(alice, "v", key);
    await saveOne(admin, { key, value, encrypted: true, readers: ["bob"] });
    expect(await saveOne(bob, { key, value, encrypted: true })).toMatchObject({ outcome: SaveOutcome.UNCHANGED });
    const again = await seal(alice, "v", key);
    await expectFailure(save(bob, { key, value: again, encrypted: true }), {
      code: "PermissionDenied",
      reason: "MISSING_RIGHT",
      right: "write",
    });
  });

  it("changes lists without opening, keeping the text", async () => {
    const key = "alice/LISTS";
    const value = await seal(admin, "v", key);
    await saveOne(admin, { key, value, encrypted: true });
    const changed = await saveOne(admin, { key, value, encrypted: true, readers: ["bob"] });
    expect(changed).toMatchObject({ outcome: SaveOutcome.UPDATED, changedFields: ["readers"] });
    expect(await readOne(bob, key)).toMatchObject({ value: "v" });
    expect(await saveOne(admin, { key, value, encrypted: true })).toMatchObject({ outcome: SaveOutcome.UNCHANGED });
  });

  it("plans as it saves, and finds in a plan what would not open", async () => {
    const key = "alice/PLANNED";
    const value = await seal(alice, "v", key);
    const plan = (text: string) =>
      alice.secrets.saveSecrets({ secrets: [{ key, value: text, encrypted: true }], validateOnly: true });
    expect((await plan(value)).results).toMatchObject([{ outcome: SaveOutcome.CREATED, version: 1 }]);
    const damaged = `${value.slice(0, -8)}AAAA${value.slice(-4)}`;
    await expectFailure(plan(damaged), { ...notSealed, key });
    expect(await readOne(alice, key)).toBeUndefined();
  });

  it("threat 13: opens all of a batch before anything is stored", async () => {
    const secrets = await Promise.all(
      ["alice/B1", "alice/B2", "alice/B3"].map(async (key) => ({
        key,
        value: await seal(alice, "v", key),
        encrypted: true,
      })),
    );
    const damaged = secrets.map((each, at) =>
      at === 0 ? each : { ...each, value: `${each.value.slice(0, -8)}AAAAAAAA` },
    );
    const { details } = await expectFailure(alice.secrets.saveSecrets({ secrets: damaged }), {
      code: "InvalidArgument",
      reason: "NOT_A_SEALED_VALUE",
      index: 1,
    });
    expect(details.map(({ index }) => index)).toEqual([1, 2]);
    expect((await alice.secrets.listSecrets({ keys: secrets.map(({ key }) => key) })).secrets).toEqual([]);
    const { results } = await alice.secrets.saveSecrets({ secrets });
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(3).fill(SaveOutcome.CREATED));
  });

  it("says who may not before it looks at what is sealed", async () => {
    const garbage = await seal(alice, "v", "alice/ELSE");
    await expectFailure(save(bob, { key: "alice/NOT-BOBS", value: garbage, encrypted: true }), {
      code: "PermissionDenied",
      reason: "FOREIGN_PREFIX",
    });
    await saveOne(alice, { key: "alice/STALE", value: "v" });
    await expectFailure(save(alice, { key: "alice/STALE", value: garbage, encrypted: true, ifVersion: 7 }), {
      code: "Aborted",
      reason: "STALE_VERSION",
    });
  });

  it("answers a repeated request as the first one", async () => {
    const key = "alice/REPEATED";
    const value = await seal(alice, "v", key);
    const request = { secrets: [{ key, value, encrypted: true }], idempotencyKey: "sealed-1" };
    const first = await alice.secrets.saveSecrets(request);
    expect(await alice.secrets.saveSecrets(request)).toEqual(first);
    const other = { ...request, secrets: [{ key, value: await seal(alice, "v", key), encrypted: true }] };
    await expectFailure(alice.secrets.saveSecrets(other), { code: "AlreadyExists", reason: "IDEMPOTENCY_KEY_REUSED" });
  });

  it("threat 23: verifies the checksum of the text, never of the value", async () => {
    const key = "alice/SUM";
    const value = await seal(alice, "hunter2", key);
    const bytes = Buffer.from(value);
    const sums: Record<string, string> = {
      CRC32: crc32(bytes).toString(16).padStart(8, "0"),
      "SHA-256": createHash("sha256").update(bytes).digest("hex"),
      "SHA-512": createHash("sha512").update(bytes).digest("hex"),
      BLAKE2s: Buffer.from(blake2s(bytes)).toString("hex"),
    };
    for (const [checksumAlgorithm, checksum] of Object.entries(sums)) {
      const sealed = { key, value, encrypted: true, checksumAlgorithm };
      const ofValue = crc32(Buffer.from("hunter2")).toString(16).padStart(8, "0");
      const mismatch = { code: "InvalidArgument", reason: "CHECKSUM_MISMATCH", field: "secrets[0].checksum" } as const;
      await expectFailure(save(alice, { ...sealed, checksum: ofValue }), mismatch);
      await saveOne(alice, { ...sealed, checksum });
      const answer = await alice.secrets.encryptValue({ value: "hunter2", key, checksumAlgorithm });
      await saveOne(alice, {
        key,
        value: answer.value ?? "",
        encrypted: true,
        checksum: answer.checksum,
        checksumAlgorithm,
      });
      await saveOne(alice, { key, value, encrypted: true });
    }
    await expectFailure(alice.secrets.encryptValue({ value: "v", checksumAlgorithm: "MD5" }), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      field: "checksumAlgorithm",
    });
  });
});
