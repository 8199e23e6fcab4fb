import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SaveOutcome, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { listKeys, readOne, type SecretInit, saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

let service: TestService;
let admin: Api;
let alice: Api;
let bob: Api;

beforeAll(async () => {
  service = await startService(connectJson);
  admin = service.admin;
  alice = await service.addUser("alice");
  bob = await service.addUser("bob");
});
afterAll(() => service.stop());

const invalid = { code: "InvalidArgument", reason: "INVALID_FIELD" } as const;
const save = (api: Api, secret: SecretInit) => api.secrets.saveSecrets({ secrets: [secret] });

describe("ids", () => {
  it("derives one from tenant and key, and takes one that is asked for", async () => {
    const derived = await saveOne(admin, { key: "ids/derived", value: "v" });
    expect(derived.id).toMatch(/^secr_[a-z2-7]{20}$/);
    const wanted = await saveOne(admin, { key: "ids/wanted", id: "secr_My_Own_1", value: "v" });
    expect(wanted.id).toBe("secr_My_Own_1");
  });

  it("replaces one that is taken, silently, also within a batch and by a removed secret", async () => {
    await saveOne(admin, { key: "ids/first", id: "secr_taken", value: "v" });
    const second = await saveOne(admin, { key: "ids/second", id: "secr_taken", value: "v" });
    expect(second.outcome).toBe(SaveOutcome.CREATED);
    expect(second.id).not.toBe("secr_taken");
    await admin.secrets.removeSecrets({ key: "ids/first" });
    expect((await saveOne(admin, { key: "ids/third", id: "secr_taken", value: "v" })).id).not.toBe("secr_taken");

    const { id: idOfFourth } = await saveOne(admin, { key: "ids/thief", id: "secr_batch", value: "v" });
    expect(idOfFourth).toBe("secr_batch");
    const { results } = await admin.secrets.saveSecrets({
      secrets: ["a", "b", "c"].map((name) => ({ key: `ids/batch/${name}`, id: "secr_same", value: "v" })),
    });
    expect(new Set(results.map(({ id }) => id)).size).toBe(3);
    expect(results[0]?.id).toBe("secr_same");
  });

  it("replaces a derived one that somebody took on purpose", async () => {
    const { id } = await saveOne(admin, { key: "ids/victim", value: "v" });
    await admin.secrets.removeSecrets({ key: "ids/victim" });
    const other = await service.addUser("other-admin", { tenant: "acme", admin: true });
    const elsewhere = await saveOne(other, { key: "ids/victim", value: "v" });
    expect(elsewhere.id).not.toBe(id);
    await saveOne(other, { key: "ids/squatter", id, value: "v" });
    expect((await saveOne(admin, { key: "ids/victim", value: "v" })).id).toBe(id);
  });

  it("is ignored on update, and alone it names the secret", async () => {
    const { id } = await saveOne(alice, { key: "alice/ids/one", value: "v" });
    expect(await saveOne(alice, { key: "alice/ids/one", id: "secr_else", value: "w" })).toMatchObject({
      id,
      version: 2,
    });
    expect(await saveOne(alice, { id, value: "x" })).toMatchObject({ key: "alice/ids/one", version: 3 });
    const asKey = await saveOne(alice, { id: "alice/ids/two", value: "v" });
    expect(asKey).toMatchObject({ key: "alice/ids/two", outcome: SaveOutcome.CREATED });
    expect(asKey.id).toMatch(/^secr_/);
    const notFound = { code: "NotFound", reason: "NOT_FOUND", field: "secrets[0].id" } as const;
    const hidden = await expectFailure(save(bob, { id, value: "y" }), notFound);
    const absent = await expectFailure(save(bob, { id: "secr_absent", value: "y" }), notFound);
    expect(JSON.stringify(hidden).replaceAll(id, "secr_absent")).toBe(JSON.stringify(absent));
    await expectFailure(save(alice, { key: "alice/ids/three", id: "not an id", value: "v" }), {
      ...invalid,
      field: "secrets[0].id",
    });
  });
});

describe("versions", () => {
  it("creates with 0, updates with the current one, and nothing else", async () => {
    const key = "versions/KEY";
    const stale = { code: "Aborted", reason: "STALE_VERSION", key, field: "secrets[0].ifVersion" } as const;
    await expectFailure(save(admin, { key, value: "v", ifVersion: 1 }), stale);
    expect((await saveOne(admin, { key, value: "v", ifVersion: 0 })).version).toBe(1);
    await expectFailure(save(admin, { key, value: "w", ifVersion: 0 }), stale);
    await expectFailure(save(admin, { key, value: "w", ifVersion: 2 }), stale);
    expect((await saveOne(admin, { key, value: "w", ifVersion: 1 })).version).toBe(2);
    await expectFailure(save(admin, { key, value: "w", ifVersion: 1 }), stale);
    expect(await saveOne(admin, { key, value: "w", ifVersion: 2 })).toMatchObject({ outcome: SaveOutcome.UNCHANGED });
    await expectFailure(admin.secrets.saveSecrets({ remove: [{ key, ifVersion: 1 }] }), {
      ...stale,
      field: "remove[0].ifVersion",
    });
    const { results } = await admin.secrets.saveSecrets({ remove: [{ key, ifVersion: 2 }] });
    expect(results).toMatchObject([{ key, outcome: SaveOutcome.REMOVED, version: 3 }]);
    await expectFailure(save(admin, { key, value: "w", ifVersion: 3 }), stale);
    expect(await saveOne(admin, { key, value: "w", ifVersion: 0 })).toMatchObject({
      outcome: SaveOutcome.CREATED,
      version: 4,
    });
  });

  it("remembers when the value changed last", async () => {
    const key = "versions/TIMES";
    const seconds = () => BigInt(Math.floor(service.clock.now() / 1000));
    const created = seconds();
    await saveOne(admin, { key, value: "v" });
    service.clock.advance(60_000);
    const updated = seconds();
    await saveOne(admin, { key, value: "v", metadata: { a: "b" } });
    const secret = await readOne(admin, key);
    expect(secret?.createdAt?.seconds).toBe(created);
    expect(secret?.valueChangedAt?.seconds).toBe(created);
    expect(secret?.updatedAt?.seconds).toBe(updated);
    service.clock.advance(60_000);
    await saveOne(admin, { key, value: "w" });
    expect((await readOne(admin, key))?.valueChangedAt?.seconds).toBe(seconds());
  });
});

describe("batches", () => {
  it("save and remove in one transaction", async () => {
    await saveOne(admin, { key: "batch/old", value: "v" });
    const { results } = await admin.secrets.saveSecrets({
      secrets: [{ key: "batch/new", value: "v" }],
      remove: [{ key: "batch/old" }],
    });
    expect(results).toMatchObject([
      { key: "batch/new", outcome: SaveOutcome.CREATED },
      { key: "batch/old", outcome: SaveOutcome.REMOVED, version: 2 },
    ]);
    expect(await listKeys(admin, { namespace: "batch" })).toEqual(["batch/new"]);
  });

  it("threats 11, 12, 13: leave everything as it was when one item fails", async () => {
    const failing = [
      { secrets: [{ key: "batch/x", value: "v" }], remove: [{ key: "batch/absent" }], code: "NotFound" },
      { secrets: [{ key: "batch/x", value: "v" }], remove: [{ key: "batch/new", ifVersion: 9 }], code: "Aborted" },
      { secrets: [{ key: "batch/x", value: "v" }, { key: "batch/y" }], code: "InvalidArgument" },
    ] as const;
    for (const { code, ...request } of failing) {
      const reasons = { NotFound: "NOT_FOUND", Aborted: "STALE_VERSION", InvalidArgument: "INVALID_FIELD" } as const;
      const call = admin.secrets.saveSecrets({
        secrets: [...request.secrets],
        remove: "remove" in request ? [...request.remove] : [],
      });
      await expectFailure(call, { code, reason: reasons[code] });
      expect(await listKeys(admin, { namespace: "batch" })).toEqual(["batch/new"]);
    }
  });

  it("threat 14: refuse the same secret twice, by key, by id, or saved and removed", async () => {
    const { id } = await saveOne(admin, { key: "twice/KEY", value: "v" });
    const duplicate = { code: "InvalidArgument", reason: "DUPLICATE_ITEM", index: 1 } as const;
    const key = "twice/KEY";
    await expectFailure(
      admin.secrets.saveSecrets({
        secrets: [
          { key, value: "a" },
          { key, value: "a" },
        ],
      }),
      {
        ...duplicate,
        field: "secrets[1].key",
      },
    );
    await expectFailure(
      admin.secrets.saveSecrets({
        secrets: [
          { key, value: "a" },
          { id, value: "b" },
        ],
      }),
      {
        ...duplicate,
        field: "secrets[1].id",
      },
    );
    await expectFailure(admin.secrets.saveSecrets({ secrets: [{ key, value: "a" }], remove: [{ key }] }), {
      code: "InvalidArgument",
      reason: "DUPLICATE_ITEM",
      field: "remove[0].key",
    });
    await expectFailure(admin.secrets.saveSecrets({ secrets: [{ id, value: "a" }], remove: [{ key }] }), {
      code: "InvalidArgument",
      reason: "DUPLICATE_ITEM",
      field: "secrets[0].id",
    });
    expect((await readOne(admin, key))?.version).toBe(1);
    const cases = [
      { key: "twice/case", value: "a" },
      { key: "twice/CASE", value: "b" },
    ];
    expect((await admin.secrets.saveSecrets({ secrets: cases })).results).toHaveLength(2);
  });

  it("take 1,000 items and refuse one more", async () => {
    const secrets = Array.from({ length: 1001 }, (_, at) => ({ key: `thousand/${at}`, value: "v" }));
    await expectFailure(admin.secrets.saveSecrets({ secrets }), {
      code: "InvalidArgument",
      reason: "LIMIT_EXCEEDED",
      field: "secrets",
      limit: 1000,
      actual: 1001,
    });
    expect(await listKeys(admin, { namespace: "thousand", pageSize: 1000 })).toEqual([]);
    expect((await admin.secrets.saveSecrets({ secrets: secrets.slice(1) })).results).toHaveLength(1000);
  });

  it("tell of the first 20 failing items only", async () => {
    const secrets = Array.from({ length: 30 }, (_, at) => ({ key: `bob/${at}`, value: "v" }));
    const { details, message } = await expectFailure(alice.secrets.saveSecrets({ secrets }), {
      code: "PermissionDenied",
      reason: "FOREIGN_PREFIX",
    });
    expect(details.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(message).toContain("29 more");
  });
});

describe("validate_only", () => {
  it("says what a save would do, and stores nothing", async () => {
    await saveOne(alice, { key: "alice/plan/same", value: "v" });
    await saveOne(alice, { key: "alice/plan/change", value: "v" });
    await saveOne(alice, { key: "alice/plan/gone", value: "v" });
    await saveOne(bob, { key: "bob/plan/read", value: "v", readers: ["alice"] });
    await saveOne(bob, { key: "bob/plan/keep", value: "v", readers: ["alice"] });
    await saveOne(bob, { key: "bob/plan/hidden", value: "v" });
    const request = {
      secrets: [
        { key: "alice/plan/new", value: "v" },
        { key: "alice/plan/same", value: "v" },
        { key: "alice/plan/change", value: "w", readers: ["bob"] },
        { key: "bob/plan/read", value: "w" },
        { key: "bob/plan/hidden", value: "w" },
        { key: "bob/plan/absent", value: "w" },
      ],
      remove: [{ key: "alice/plan/gone" }, { key: "bob/plan/keep" }],
      validateOnly: true,
    };
    const { results } = await alice.secrets.saveSecrets(request);
    const forbidden = { outcome: SaveOutcome.FORBIDDEN, version: 0, id: "" };
    expect(results).toMatchObject([
      { outcome: SaveOutcome.CREATED, version: 1 },
      { outcome: SaveOutcome.UNCHANGED, version: 1 },
      { outcome: SaveOutcome.UPDATED, version: 2, changedFields: ["value", "readers"] },
      { ...forbidden, key: "bob/plan/read", missingRight: "write" },
      { ...forbidden, key: "bob/plan/hidden", missingRight: "create" },
      { ...forbidden, key: "bob/plan/absent", missingRight: "create" },
      { key: "alice/plan/gone", outcome: SaveOutcome.REMOVED, version: 2 },
      { ...forbidden, key: "bob/plan/keep", missingRight: "delete" },
    ]);
    const keys = await listKeys(alice, { namespace: "alice", keyPattern: "/plan/", view: SecretView.METADATA });
    expect(keys).toEqual(["alice/plan/change", "alice/plan/gone", "alice/plan/same"]);
    expect(await readOne(alice, "alice/plan/change")).toMatchObject({ value: "v", version: 1, readers: ["alice"] });
  });

  it("still refuses what is invalid, stale, or not there to be removed", async () => {
    const plan = (secret: SecretInit) => alice.secrets.saveSecrets({ secrets: [secret], validateOnly: true });
    await expectFailure(plan({ key: "alice/plan/x" }), { ...invalid, field: "secrets[0].value" });
    await expectFailure(plan({ key: "alice/plan/same", value: "v", ifVersion: 7 }), {
      code: "Aborted",
      reason: "STALE_VERSION",
    });
    await expectFailure(alice.secrets.saveSecrets({ remove: [{ key: "bob/plan/hidden" }], validateOnly: true }), {
      code: "NotFound",
      reason: "NOT_FOUND",
    });
  });
});
