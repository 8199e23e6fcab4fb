import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { blake2s } from "@noble/hashes/blake2.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { readOne, type SecretInit, saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

let service: TestService;
let admin: Api;
let alice: Api;

beforeAll(async () => {
  service = await startService(connectJson);
  admin = service.admin;
  alice = await service.addUser("alice");
});
afterAll(() => service.stop());

const invalid = { code: "InvalidArgument", reason: "INVALID_FIELD" } as const;
const save = (api: Api, secret: SecretInit) => api.secrets.saveSecrets({ secrets: [secret] });

describe("fields", () => {
  it("threat 5: keeps what is absent, replaces what is given, empties what is cleared", async () => {
    const key = "fields/KEY";
    await saveOne(admin, { key, value: "v", readers: ["bob"], writers: ["alice"], metadata: { a: "1", b: "2" } });
    const unchanged = await saveOne(admin, { key, readers: [], metadata: {} });
    expect(unchanged).toMatchObject({ outcome: SaveOutcome.UNCHANGED, version: 1 });
    const replaced = await saveOne(admin, { key, readers: ["ops", "carl", "ops"], metadata: { c: "3" } });
    expect(replaced).toMatchObject({
      outcome: SaveOutcome.UPDATED,
      version: 2,
      changedFields: ["readers", "metadata"],
      listChanges: [{ list: "readers", added: ["carl", "ops"], removed: ["bob"] }],
    });
    expect(await readOne(admin, key)).toMatchObject({
      value: "v",
      readers: ["carl", "ops"],
      writers: ["alice"],
      metadata: { c: "3" },
    });
    const cleared = await saveOne(admin, { key, clear: ["readers", "metadata"] });
    expect(cleared).toMatchObject({ version: 3, changedFields: ["readers", "metadata"] });
    expect(await readOne(admin, key)).toMatchObject({ value: "v", readers: [], writers: ["alice"], metadata: {} });
  });

  it("refuses to give and to clear a field at once, and to clear what cannot be", async () => {
    const conflicting = { code: "InvalidArgument", reason: "CONFLICTING_FIELDS" } as const;
    await expectFailure(save(admin, { key: "fields/X", readers: ["a"], clear: ["readers"] }), {
      ...conflicting,
      field: "secrets[0].readers",
    });
    await expectFailure(save(admin, { key: "fields/X", metadata: { a: "b" }, clear: ["metadata"] }), {
      ...conflicting,
      field: "secrets[0].metadata",
    });
    for (const name of ["value", "key", "reader", "can_change_readers", ""]) {
      await expectFailure(save(admin, { key: "fields/X", value: "v", clear: [name] }), {
        ...invalid,
        field: "secrets[0].clear",
      });
    }
  });

  it("refuses a plain value that looks sealed", async () => {
    await expectFailure(save(admin, { key: "fields/SEALED", value: "seal.v1.abc.def.ghi" }), {
      ...invalid,
      field: "secrets[0].value",
    });
    const late = await saveOne(admin, { key: "fields/SEALED", value: " seal.v1.abc" });
    expect(late.outcome).toBe(SaveOutcome.CREATED);
  });

  it("threat 15: stores nothing of an encrypted value that it cannot open", async () => {
    for (const value of ["garbage", "seal.v1.a.b.c", "a37/KUAr4SOYi6Xw9i9T8qo3QCk8WvnzONo47jHAkwk="]) {
      await expectFailure(save(admin, { key: "fields/ENC", value, encrypted: true }), {
        code: "InvalidArgument",
        reason: "NOT_A_SEALED_VALUE",
        field: "secrets[0].value",
      });
    }
    expect(await readOne(admin, "fields/ENC")).toBeUndefined();
  });

  it("takes values up to 64 KiB, counted in bytes", async () => {
    const largest = "ж".repeat(32 * 1024);
    await saveOne(admin, { key: "fields/LARGE", value: largest });
    expect((await readOne(admin, "fields/LARGE"))?.value).toBe(largest);
    await expectFailure(save(admin, { key: "fields/LARGE", value: `${largest}x` }), {
      code: "InvalidArgument",
      reason: "LIMIT_EXCEEDED",
      field: "secrets[0].value",
      limit: 65_536,
      actual: 65_537,
    });
  });

  it("limits lists and metadata, and names limit and actual size", async () => {
    const limited = { code: "InvalidArgument", reason: "LIMIT_EXCEEDED" } as const;
    const entries = Array.from({ length: 101 }, (_, at) => `user-${at}`);
    const key = "fields/LIMITS";
    await expectFailure(save(admin, { key, value: "v", readers: entries }), {
      ...limited,
      field: "secrets[0].readers",
      limit: 100,
      actual: 101,
    });
    await expectFailure(save(alice, { key: "alice/LIMITS", value: "v", readers: entries.slice(1) }), {
      ...limited,
      field: "secrets[0].readers",
      limit: 100,
      actual: 101,
    });
    const pairs = (count: number, size: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`name-${at}`, "m".repeat(size)]));
    const metadata: readonly [Record<string, string>, number, number][] = [
      [pairs(65, 1), 64, 65],
      [{ ["n".repeat(129)]: "v" }, 128, 129],
      [{ name: "v".repeat(513) }, 512, 513],
      [pairs(40, 500), 16_384, 20_270],
    ];
    for (const [pair, limit, actual] of metadata) {
      const expected = { ...limited, field: "secrets[0].metadata", limit, actual };
      await expectFailure(save(admin, { key, value: "v", metadata: pair }), expected);
    }
    await expectFailure(save(admin, { key, value: "v", metadata: { "": "v" } }), {
      ...invalid,
      field: "secrets[0].metadata",
    });
    expect(await readOne(admin, key)).toBeUndefined();
    const most = { key, value: "v", readers: entries.slice(1), metadata: pairs(64, 200) };
    expect((await saveOne(admin, most)).outcome).toBe(SaveOutcome.CREATED);
  });

  it("understands expires and rotation_interval, and refuses malformed ones", async () => {
    const key = "fields/TIMES";
    for (const expires of ["2031-02-30", "31.12.2031", "2031-12-31T00:00:00", "soon", "", "2031-13-01"]) {
      const expected = { ...invalid, field: "secrets[0].metadata.expires" };
      await expectFailure(save(admin, { key, value: "v", metadata: { expires } }), expected);
    }
    for (const rotation_interval of ["90", "0d", "-1d", "1.5d", "90 d", "1w", "999999d"]) {
      const expected = { ...invalid, field: "secrets[0].metadata.rotation_interval" };
      await expectFailure(save(admin, { key, value: "v", metadata: { rotation_interval } }), expected);
    }
    await saveOne(admin, { key, value: "v", metadata: { expires: "2031-12-31T01:00:00+01:00" } });
    expect((await readOne(admin, key))?.expireAt?.seconds).toBe(BigInt(Date.UTC(2031, 11, 31) / 1000));
  });

  it("threat 62: refuses lone surrogates, which JSON can carry", async () => {
    const body = '{"secrets":[{"key":"fields/SURROGATE","value":"a\\ud800b"}]}';
    const headers = { authorization: `Bearer ${admin.token}`, "content-type": "application/json" };
    const response = await fetch(`${service.url}/secret-svc/secrets`, { method: "PUT", headers, body });
    expect(response.status).toBe(400);
    expect(await readOne(admin, "fields/SURROGATE")).toBeUndefined();
  });
});

describe("checksums", () => {
  const value = "ключ = value";
  const bytes = Buffer.from(value);
  const right: Record<string, string> = {
    "": crc32(bytes).toString(16).padStart(8, "0"),
    CRC32: crc32(bytes).toString(16).padStart(8, "0").toUpperCase(),
    "SHA-256": createHash("sha256").update(bytes).digest("hex"),
    "SHA-512": createHash("sha512").update(bytes).digest("hex"),
    BLAKE2s: Buffer.from(blake2s(bytes)).toString("hex"),
  };

  it("threat 26: verifies all four whenever they are given, encrypted or not", async () => {
    for (const [checksumAlgorithm, checksum] of Object.entries(right)) {
      const key = `sums/${checksumAlgorithm === "" ? "default" : checksumAlgorithm}`;
      for (const wrong of ["00000000", checksum.slice(1), `${checksum}00`, `${checksum.slice(0, -1)}g`]) {
        await expectFailure(save(admin, { key, value, checksum: wrong, checksumAlgorithm }), {
          code: "InvalidArgument",
          reason: "CHECKSUM_MISMATCH",
          field: "secrets[0].checksum",
          key,
        });
      }
      expect(await readOne(admin, key)).toBeUndefined();
      expect((await saveOne(admin, { key, value, checksum, checksumAlgorithm })).outcome).toBe(SaveOutcome.CREATED);
    }
  });

  it("threat 25: refuses an algorithm that it does not know, with or without a checksum", async () => {
    for (const checksumAlgorithm of ["crc32", "SHA256", "MD5", "none", "BLAKE2b"]) {
      for (const checksum of ["", "00000000"]) {
        await expectFailure(save(admin, { key: "sums/X", value, checksum, checksumAlgorithm }), {
          ...invalid,
          field: "secrets[0].checksumAlgorithm",
        });
      }
    }
    await expectFailure(save(admin, { key: "sums/CRC32", checksum: right.CRC32 ?? "" }), {
      ...invalid,
      field: "secrets[0].checksum",
    });
  });
});
