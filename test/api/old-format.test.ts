import { createCipheriv, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { blake2b, blake2s } from "@noble/hashes/blake2.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { filesWith } from "../support/api/canary.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { readOne, type SecretInit, saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

const oldKey = "changeMeToSomethingSecureForReal";
/** "example" under that key, as an old installation made it. */
const example = "a37/KUAr4SOYi6Xw9i9T8qo3QCk8WvnzONo47jHAkwk=";

let service: TestService;
let admin: Api;
let alice: Api;

beforeAll(async () => {
  service = await startService(connectJson, { environment: { OB_LEGACY_ENCRYPTION_KEY: oldKey } });
  admin = service.admin;
  alice = await service.addUser("alice");
});
afterAll(() => service.stop());

const save = (api: Api, secret: SecretInit) => api.secrets.saveSecrets({ secrets: [secret] });
const notSealed = { code: "InvalidArgument", reason: "NOT_A_SEALED_VALUE", field: "secrets[0].value" } as const;

function encryptOld(value: string | Uint8Array, key = oldKey): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  return Buffer.concat([iv, cipher.update(value), cipher.final()]).toString("base64");
}

describe("values of old installations", () => {
  it("threat 27: are taken over by an admin, with the checksum of the value, and never written as they are", async () => {
    const key = "old/EXAMPLE";
    const input = { key, value: example, encrypted: true, checksum: "6eec9b9f", checksumAlgorithm: "CRC32" };
    expect(await saveOne(admin, input)).toMatchObject({ outcome: SaveOutcome.CREATED });
    expect(await readOne(admin, key)).toMatchObject({ value: "example" });
    expect(await saveOne(admin, input)).toMatchObject({ outcome: SaveOutcome.UNCHANGED });
    expect(filesWith(service.dataDir, [example, Buffer.from(example, "base64").toString("latin1")])).toEqual([]);
    const { message } = await expectFailure(save(admin, { ...input, key: "old/WRONG", checksum: "45a3b25f" }), {
      code: "InvalidArgument",
      reason: "CHECKSUM_MISMATCH",
      field: "secrets[0].checksum",
    });
    expect(message).toContain("does not match the decrypted value");
    expect(message).not.toContain("example");
  });

  it("threat 24: come with the label BLAKE2s for either of two checksums", async () => {
    const bytes = Buffer.from("value");
    const sums = [Buffer.from(blake2s(bytes)), Buffer.from(blake2b(bytes, { dkLen: 32 }))];
    for (const [at, sum] of sums.entries()) {
      const value = encryptOld("value");
      const given = { value, encrypted: true, checksum: sum.toString("hex"), checksumAlgorithm: "BLAKE2s" };
      await saveOne(admin, { key: `old/B${at}`, ...given });
      await expectFailure(save(admin, { key: "old/B", ...given, value: encryptOld("other") }), {
        code: "InvalidArgument",
        reason: "CHECKSUM_MISMATCH",
      });
    }
  });

  it("threats 1, 2, 21: are refused from anyone but admins, whether or not they would decrypt", async () => {
    for (const value of [example, randomBytes(32).toString("base64")]) {
      for (const key of ["alice/OLD", "other/OLD"]) {
        await expectFailure(save(alice, { key, value, encrypted: true }), {
          code: "PermissionDenied",
          reason: "ADMIN_ONLY",
          key,
          field: "secrets[0].value",
        });
      }
      await expectFailure(alice.secrets.decryptValue({ value }), {
        code: "InvalidArgument",
        reason: "NOT_A_SEALED_VALUE",
      });
      await expectFailure(admin.secrets.decryptValue({ value }), {
        code: "InvalidArgument",
        reason: "NOT_A_SEALED_VALUE",
      });
    }
  });

  it("threat 22: of another key are refused, also when the padding happens to fit", async () => {
    const otherKey = "another key of thirty-two bytes!";
    const texts = Array.from({ length: 600 }, () => encryptOld("some value that is long enough", otherKey));
    // One in 256 has a padding that fits; what comes out is not UTF-8.
    for (const value of texts.slice(0, 20))
      await expectFailure(save(admin, { key: "old/K", value, encrypted: true }), notSealed);
    const secrets = texts.map((value, at) => ({ key: `old/K${at}`, value, encrypted: true }));
    const refused = admin.secrets.saveSecrets({ secrets });
    await expectFailure(refused, { code: "InvalidArgument", reason: "NOT_A_SEALED_VALUE" });
    expect((await admin.secrets.listSecrets({ keyPattern: "old/K*" })).secrets).toEqual([]);
  });

  it("are refused when they hold nothing, no text, or too much", async () => {
    for (const value of ["", Buffer.of(0xff, 0xfe), "x".repeat(65_537)]) {
      await expectFailure(save(admin, { key: "old/N", value: encryptOld(value), encrypted: true }), notSealed);
    }
    const largest = "x".repeat(65_536);
    await saveOne(admin, { key: "old/L", value: encryptOld(largest), encrypted: true });
    expect(await readOne(admin, "old/L")).toMatchObject({ value: largest });
  });

  it("are strictly base64", async () => {
    for (const value of [
      `${example}\n`,
      example.slice(0, -1),
      example.replace("=", ""),
      `${example.slice(0, -2)}l=`,
      "AAAA",
    ]) {
      await expectFailure(save(admin, { key: "old/S", value, encrypted: true }), notSealed);
    }
  });

  it("fill a batch alongside sealed and plain ones", async () => {
    const sealed = (await admin.secrets.encryptValue({ value: "sealed", key: "old/M2" })).value ?? "";
    const old = { key: "old/M1", value: example, encrypted: true };
    const secrets = [old, { key: "old/M2", value: sealed, encrypted: true }, { key: "old/M3", value: "plain" }];
    await admin.secrets.saveSecrets({ secrets });
    const { secrets: found } = await admin.secrets.listSecrets({ keys: secrets.map(({ key }) => key) });
    expect(found.map(({ value }) => value)).toEqual(["example", "sealed", "plain"]);
  });
});

describe("a service without the old key", () => {
  it("says which setting is missing", async () => {
    const plain = await startService(connectJson);
    try {
      const checksum = crc32(Buffer.from("example")).toString(16);
      const { message } = await expectFailure(
        save(plain.admin, { key: "old/X", value: example, encrypted: true, checksum }),
        notSealed,
      );
      expect(message).toContain("OB_LEGACY_ENCRYPTION_KEY");
    } finally {
      await plain.stop();
    }
  });
});
