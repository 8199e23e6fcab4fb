import { describe, expect, it } from "vitest";
import { AuditDecision } from "../../gen/secret/v1/audit_service_pb.ts";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { startWithAliceAndBob } from "../support/api/alice-and-bob.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService } from "../support/api/fixture.ts";
import { notSealed, readOne, type SecretInit, saveOne, seal } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

const { service, admin, alice, bob } = await startWithAliceAndBob(connectJson);

const save = (api: Api, secret: SecretInit) => api.secrets.saveSecrets({ secrets: [secret] });

describe("values sealed for a principal", () => {
  it("are saved as any key by that principal or an admin, and by no one else", async () => {
    const value = await seal(alice, "hers");
    await saveOne(alice, { key: "alice/ANY", value, encrypted: true });
    await saveOne(admin, { key: "shared/ANY", value, encrypted: true, writers: ["bob"] });
    const { message } = await expectFailure(save(bob, { key: "bob/ANY", value, encrypted: true }), notSealed);
    expect(message).toContain("is sealed for the principal alice of the tenant default");
    expect(message).toContain("by bob as bob/ANY");
    // What is stored there already changes nothing, no matter who sends it.
    expect(await saveOne(bob, { key: "shared/ANY", value, encrypted: true })).toMatchObject({
      outcome: SaveOutcome.UNCHANGED,
    });
    expect(await readOne(alice, "alice/ANY")).toMatchObject({ value: "hers" });
  });

  it("threat 1: are opened for that principal or an admin, and for no one else", async () => {
    const value = await seal(alice, "hers");
    for (const api of [alice, admin]) {
      expect(await api.secrets.decryptValue({ value })).toMatchObject({ value: "hers" });
    }
    await expectFailure(bob.secrets.decryptValue({ value }), {
      code: "PermissionDenied",
      reason: "MISSING_RIGHT",
      right: "read",
      field: "value",
    });
  });

  it("are not opened for a narrowed token, whose grants name keys", async () => {
    const value = await seal(admin, "v");
    const grants = [{ action: "read", keyPatterns: ["*"] }];
    const { secret } = await admin.identity.createToken({ grants });
    const narrowed = service.as(secret);
    await expectFailure(narrowed.secrets.decryptValue({ value }), {
      code: "PermissionDenied",
      reason: "MISSING_RIGHT",
    });
    const { value: forKey = "" } = await narrowed.secrets.encryptValue({ value: "v", key: "n/X" });
    expect(await narrowed.secrets.decryptValue({ value: forKey })).toMatchObject({ value: "v" });
    const deploys = await admin.identity.createToken({ grants: [{ action: "create", keyPatterns: ["n/*"] }] });
    const ci = service.as(deploys.secret);
    await saveOne(ci, { key: "n/X", value: forKey, encrypted: true });
    await expectFailure(ci.secrets.decryptValue({ value: forKey }), { code: "NotFound", reason: "NOT_FOUND" });
  });
});

describe("opening", () => {
  it("opens all or none, and says which", async () => {
    const [one, two] = [await seal(alice, "one"), await seal(alice, "two")];
    const damaged = `${two.slice(0, -8)}AAAAAAAA`;
    const { details } = await expectFailure(alice.secrets.decryptValue({ values: [one, damaged] }), {
      code: "InvalidArgument",
      reason: "NOT_A_SEALED_VALUE",
      index: 1,
      field: "values[1]",
    });
    expect(details).toHaveLength(1);
    await expectFailure(alice.secrets.decryptValue({ values: [one, "plain"] }), {
      code: "InvalidArgument",
      reason: "NOT_A_SEALED_VALUE",
      field: "values[1]",
    });
  });

  it("opens nothing of another tenant, and reveals nothing of its secrets", async () => {
    const stranger = await service.addUser("stranger", { tenant: "other", admin: true });
    await saveOne(stranger, { key: "their/KEY", value: "v" });
    for (const key of ["their/KEY", "their/ABSENT"]) {
      const value = await seal(stranger, "theirs", key);
      await expectFailure(admin.secrets.decryptValue({ value }), { code: "NotFound", reason: "NOT_FOUND", key });
      await expectFailure(save(admin, { key, value, encrypted: true }), notSealed);
    }
    await expectFailure(admin.secrets.decryptValue({ value: await seal(stranger, "theirs") }), {
      code: "PermissionDenied",
      reason: "MISSING_RIGHT",
    });
  });

  it("a secret that was removed is opened for admins only", async () => {
    const key = "alice/GONE";
    const value = await seal(alice, "v", key);
    await saveOne(alice, { key, value, encrypted: true });
    await alice.secrets.removeSecrets({ key });
    await expectFailure(alice.secrets.decryptValue({ value }), { code: "NotFound", reason: "NOT_FOUND" });
    expect(await admin.secrets.decryptValue({ value })).toMatchObject({ value: "v" });
  });

  it("records each value that leaves, and each refusal", async () => {
    const key = "alice/RECORDED";
    const value = await seal(alice, "v", key);
    await saveOne(alice, { key, value, encrypted: true });
    const own = await seal(alice, "v");
    await alice.secrets.decryptValue({ values: [value, own] });
    await expectFailure(bob.secrets.decryptValue({ value }), { code: "NotFound", reason: "NOT_FOUND" });
    const events = (await service.auditEvents()).filter(({ action }) => action === "secret.decrypt").slice(0, 3);
    expect(events[0]).toMatchObject({
      principal: "bob",
      decision: AuditDecision.DENIED,
      rule: "not-found",
      names: [key],
      count: 1,
    });
    expect(events.slice(1).map(({ key, filter, decision, rule }) => [key, filter, decision, rule])).toEqual([
      ["", "principal=alice", AuditDecision.ALLOWED, "slug-listed"],
      [key, "", AuditDecision.ALLOWED, "slug-listed"],
    ]);
  });
});

describe("sealing", () => {
  it("refuses what could not be saved", async () => {
    const encrypt = (request: { value?: string; values?: string[]; key?: string }) =>
      alice.secrets.encryptValue(request);
    const invalid = { code: "InvalidArgument", reason: "INVALID_FIELD" } as const;
    const limit = { code: "InvalidArgument", reason: "LIMIT_EXCEEDED" } as const;
    await expectFailure(encrypt({ value: "" }), { ...invalid, field: "value" });
    await expectFailure(encrypt({ value: "v", key: "a//b" }), { ...invalid, field: "key" });
    await expectFailure(encrypt({ value: "x".repeat(65_537) }), {
      ...limit,
      field: "value",
      limit: 65_536,
      actual: 65_537,
    });
    await expectFailure(encrypt({ values: ["a", "", "b"] }), { ...invalid, field: "values[1]", index: 1 });
    await expectFailure(encrypt({ values: Array(1001).fill("v") }), {
      ...limit,
      field: "values",
      limit: 1000,
      actual: 1001,
    });
    await expectFailure(encrypt({ values: Array(40).fill("x".repeat(64 * 1024)) }), {
      ...limit,
      field: "values",
      limit: 3_145_728,
    });
  });

  it("seals a thousand values at once", async () => {
    const values = Array.from({ length: 1000 }, (_, at) => `value ${at}`);
    const sealed = await alice.secrets.encryptValue({ values });
    expect(await alice.secrets.decryptValue({ values: sealed.values })).toMatchObject({ values });
  });
});

describe("a service with the key that everyone knows", () => {
  it("seals nothing and has no sealing key, and says so to everyone in the same way", async () => {
    const environment = { OB_ENCRYPTION_KEY: "changeMeToSomethingSecureForReal" };
    const insecure = await startService(connectJson, { environment });
    try {
      const expected = { code: "FailedPrecondition", reason: "NO_SEALING_KEY" } as const;
      await expectFailure(insecure.as("").secrets.getSealingKey({}), expected);
      await expectFailure(insecure.admin.secrets.encryptValue({ value: "v" }), expected);
      const value = await seal(alice, "v", "a/B");
      const { message } = await expectFailure(save(insecure.admin, { key: "a/B", value, encrypted: true }), notSealed);
      expect(message).toMatch(/is sealed for the key [0-9a-f]{16}, which this service does not have/);
    } finally {
      await insecure.stop();
    }
  });
});
