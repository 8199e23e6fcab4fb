import { expect, it } from "vitest";
import { startWithAliceAndBob } from "../support/api/alice-and-bob.ts";
import { expectFailure } from "../support/api/failure.ts";
import { listKeys, saveOne } from "../support/api/secret-calls.ts";
import { connectBinary } from "../support/api/transports.ts";

const { admin, alice, bob } = await startWithAliceAndBob(connectBinary);

const names = (namespace: string) => listKeys(admin, { namespace });

it("removes by keys and by ids, and answers in the order of the request", async () => {
  const keys = ["gone/c", "gone/a", "gone/b"];
  const { results } = await admin.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value: "v" })) });
  const byKeys = await admin.secrets.removeSecrets({ keys: [...keys, "gone/a"] });
  expect(byKeys.removed.map(({ key, version }) => ({ key, version }))).toEqual(
    keys.map((key) => ({ key, version: 2 })),
  );
  await admin.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value: "v" })) });
  const [c, a] = results.map(({ id }) => id);
  const byIds = await admin.secrets.removeSecrets({ ids: [c ?? "", "gone/b", a ?? ""] });
  expect(byIds.removed.map(({ key }) => key)).toEqual(["gone/c", "gone/b", "gone/a"]);
  expect(await names("gone")).toEqual([]);
});

it("refuses names that exclude each other, no names, and one secret under two names", async () => {
  const { id } = await saveOne(admin, { key: "stays/a", value: "v" });
  const invalid = { code: "InvalidArgument" } as const;
  await expectFailure(admin.secrets.removeSecrets({}), { ...invalid, reason: "INVALID_FIELD", field: "keys" });
  await expectFailure(admin.secrets.removeSecrets({ keys: ["stays/a"], ids: [id] }), {
    ...invalid,
    reason: "CONFLICTING_FIELDS",
    field: "ids",
  });
  await expectFailure(admin.secrets.removeSecrets({ ids: [id, "stays/a"] }), {
    ...invalid,
    reason: "DUPLICATE_ITEM",
    field: "ids[1]",
  });
  await expectFailure(admin.secrets.removeSecrets({ keys: Array.from({ length: 1001 }, (_, at) => `k${at}`) }), {
    ...invalid,
    reason: "LIMIT_EXCEEDED",
    field: "keys",
    limit: 1000,
    actual: 1001,
  });
  expect(await names("stays")).toEqual(["stays/a"]);
});

it("threat 12: removes all or nothing", async () => {
  await alice.secrets.saveSecrets({
    secrets: [
      { key: "alice/all/1", value: "v", deleters: ["bob"] },
      { key: "alice/all/2", value: "v", readers: ["bob"] },
    ],
  });
  await expectFailure(bob.secrets.removeSecrets({ keys: ["alice/all/1", "alice/all/2"] }), {
    code: "PermissionDenied",
    reason: "MISSING_RIGHT",
    right: "delete",
    index: 1,
    field: "keys[1]",
  });
  await expectFailure(bob.secrets.removeSecrets({ keys: ["alice/all/1", "alice/all/absent"] }), {
    code: "NotFound",
    reason: "NOT_FOUND",
    field: "keys[1]",
  });
  expect(await listKeys(alice, { namespace: "alice", keyPattern: "/all/" })).toHaveLength(2);
  expect((await bob.secrets.removeSecrets({ keys: ["alice/all/1"] })).removed).toHaveLength(1);
});

it("threat 80: a hidden and an absent secret are refused alike, by key and by id", async () => {
  const { id } = await saveOne(alice, { key: "alice/hidden", value: "v" });
  const notFound = { code: "NotFound", reason: "NOT_FOUND" } as const;
  const refuse = async (name: { keys: string[] } | { ids: string[] }) =>
    JSON.stringify(await expectFailure(bob.secrets.removeSecrets(name), notFound));
  const hidden = await refuse({ keys: ["alice/hidden"] });
  expect(hidden.replaceAll("alice/hidden", "alice/absent")).toBe(await refuse({ keys: ["alice/absent"] }));
  const hiddenId = await refuse({ ids: [id] });
  expect(hiddenId.replaceAll(id, "secr_absent")).toBe(await refuse({ ids: ["secr_absent"] }));
  await alice.secrets.removeSecrets({ ids: [id] });
  await expectFailure(alice.secrets.removeSecrets({ ids: [id] }), notFound);
  await expectFailure(admin.secrets.removeSecrets({ keys: ["alice/hidden"] }), notFound);
});
