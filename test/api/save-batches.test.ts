import { describe, expect, it } from "vitest";
import { SaveOutcome, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { startWithAliceAndBob } from "../support/api/alice-and-bob.ts";
import { expectFailure } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { listKeys, readOne, type SecretInit, saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

const { service, admin, alice, bob } = await startWithAliceAndBob(connectJson);

const invalid = { code: "InvalidArgument", reason: "INVALID_FIELD" } as const;
const save = (api: Api, secret: SecretInit) => api.secrets.saveSecrets({ secrets: [secret] });

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

  it("report the first 20 failing items only", async () => {
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
