import { afterAll, beforeAll, expect, it } from "vitest";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { readOne, saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

const dayMs = 24 * 3600 * 1000;

let service: TestService;
let admin: Api;
let alice: Api;
let bob: Api;
let carol: Api;

beforeAll(async () => {
  service = await startService(connectJson);
  admin = service.admin;
  alice = await service.addUser("alice");
  bob = await service.addUser("bob");
  carol = await service.addUser("carol");
});
afterAll(() => service.stop());

const versionsOf = async (api: Api, key: string, fields = {}) =>
  (await api.secrets.listVersions({ key, ...fields })).versions;
/** A minute later, so that times distinguish versions. */
const save = async (api: Api, secret: Parameters<typeof saveOne>[1]) => {
  service.clock.advance(60_000);
  return saveOne(api, secret);
};
const removeOne = async (api: Api, key: string) => {
  service.clock.advance(60_000);
  await api.secrets.removeSecrets({ key });
};

it("shows who changed what and when, version by version, and values only when asked", async () => {
  const key = "alice/history";
  await save(alice, { key, value: "one", writers: ["bob"], metadata: { team: "a" } });
  await save(bob, { key, value: "two" });
  await save(alice, { key, readers: ["alice", "carol"], metadata: { team: "b" } });
  await removeOne(alice, key);
  await save(alice, { key, value: "five" });
  const shown = (await versionsOf(alice, key)).map(({ secret, outcome, changedFields, listChanges }) => [
    secret?.version,
    outcome,
    secret?.updatedBy,
    changedFields.filter((field) => !field.startsWith("canChange")).join(),
    listChanges.flatMap(({ list, added }) => (list === "readers" ? added : [])).join(),
    secret?.value,
  ]);
  expect(shown).toEqual([
    [5, SaveOutcome.CREATED, "alice", "value", "", undefined],
    [4, SaveOutcome.REMOVED, "alice", "", "", undefined],
    [3, SaveOutcome.UPDATED, "alice", "readers,metadata", "carol", undefined],
    [2, SaveOutcome.UPDATED, "bob", "value", "", undefined],
    [1, SaveOutcome.CREATED, "alice", "value,readers,writers,deleters,metadata", "alice", undefined],
  ]);
  const values = await versionsOf(carol, key, { showValues: true });
  expect(values.map(({ secret }) => secret?.value)).toEqual(["five", undefined, "two", "two", "one"]);
  expect((await versionsOf(carol, key, { version: 2, showValues: true })).map(({ secret }) => secret?.value)).toEqual([
    "two",
  ]);
  expect(await versionsOf(carol, key, { version: 9 })).toEqual([]);
  const reads = (await service.auditEvents()).filter((event) => event.key === key && event.principal === "carol");
  const audited = reads.map(({ action, version }) => `${action} ${version}`);
  expect(audited.filter((each) => each === "secret.read 2")).toHaveLength(2);
  expect(audited).toContain("secret.read 1");
  expect(audited).toContain("secret.versions 0");
});

it("shows old values only to those who may read now, and old versions only to those with a right now", async () => {
  const key = "alice/rights";
  await save(alice, { key, value: "one", readers: ["bob"], writers: ["carol"] });
  await save(alice, { key, value: "two", readers: ["alice"] });
  const denied = { code: "PermissionDenied", reason: "MISSING_RIGHT", right: "read", key } as const;
  await expectFailure(carol.secrets.listVersions({ key, showValues: true }), denied);
  expect(await versionsOf(carol, key)).toHaveLength(2);
  const hidden = JSON.stringify(
    await expectFailure(bob.secrets.listVersions({ key }), { code: "NotFound", reason: "NOT_FOUND" }),
  );
  const absent = await expectFailure(bob.secrets.listVersions({ key: "alice/absent" }), {
    code: "NotFound",
    reason: "NOT_FOUND",
  });
  expect(hidden.replaceAll(key, "alice/absent")).toBe(JSON.stringify(absent));
});

it("restores an old value as a new version, with lists and metadata as they are now", async () => {
  const key = "alice/restore";
  await save(alice, { key, value: "one", readers: ["bob"], metadata: { v: "1" } });
  await save(alice, { key, value: "two", readers: ["alice"], metadata: { v: "2" } });
  service.clock.advance(60_000);
  const { result } = await alice.secrets.restoreVersion({ key, version: 1, ifVersion: 2 });
  expect(result).toMatchObject({ key, outcome: SaveOutcome.UPDATED, version: 3, changedFields: ["value"] });
  expect(await readOne(alice, key)).toMatchObject({
    value: "one",
    version: 3,
    readers: ["alice"],
    metadata: { v: "2" },
  });
  expect((await versionsOf(alice, key)).map(({ changedFields }) => changedFields)[0]).toEqual(["value"]);
  const again = await alice.secrets.restoreVersion({ key, version: 1 });
  expect(again.result).toMatchObject({ outcome: SaveOutcome.UNCHANGED, version: 3 });
  expect((await service.auditEvents())[1]).toMatchObject({
    action: "secret.unchanged",
    key,
    version: 3,
    filter: "version=1",
  });
});

it("restores only with write, in the order of checks of every save", async () => {
  const key = "alice/checks";
  await save(alice, { key, value: "one", readers: ["bob"], writers: ["carol"] });
  await save(alice, { key, value: "one" });
  await save(alice, { key, metadata: { n: "2" } });
  const { secrets } = alice;
  await expectFailure(bob.secrets.restoreVersion({ key, version: 77, ifVersion: 66 }), {
    code: "PermissionDenied",
    reason: "MISSING_RIGHT",
    right: "write",
  });
  await expectFailure(secrets.restoreVersion({ key, version: 77, ifVersion: 66 }), {
    code: "Aborted",
    reason: "STALE_VERSION",
  });
  await expectFailure(secrets.restoreVersion({ key, version: 77 }), {
    code: "NotFound",
    reason: "NOT_FOUND",
    field: "version",
  });
  await expectFailure(secrets.restoreVersion({ key }), {
    code: "InvalidArgument",
    reason: "INVALID_FIELD",
    field: "version",
  });
  await expectFailure(secrets.restoreVersion({ key: "", version: 1 }), {
    code: "InvalidArgument",
    reason: "INVALID_FIELD",
    field: "key",
  });
  // Who may not read does not learn that the value is the same.
  const { result } = await carol.secrets.restoreVersion({ key, version: 1 });
  expect(result?.outcome).toBe(SaveOutcome.UPDATED);
});

it("threat 93: a restore that is repeated with its idempotency key happens once", async () => {
  const key = "alice/repeated";
  await save(alice, { key, value: "one" });
  await save(alice, { key, value: "two" });
  const request = { key, version: 1, idempotencyKey: "restore-1" };
  const first = await alice.secrets.restoreVersion(request);
  await save(alice, { key, value: "three" });
  expect(await alice.secrets.restoreVersion(request)).toEqual(first);
  expect((await readOne(alice, key))?.value).toBe("three");
  await expectFailure(alice.secrets.restoreVersion({ ...request, version: 2 }), {
    code: "AlreadyExists",
    reason: "IDEMPOTENCY_KEY_REUSED",
  });
});

it("brings a removed secret back with its lists and metadata, within 30 days, for those who may write", async () => {
  const key = "alice/undelete";
  const { id } = await save(alice, {
    key,
    value: "kept",
    readers: ["bob"],
    writers: ["carol"],
    metadata: { team: "a" },
  });
  await removeOne(alice, key);
  await expectFailure(bob.secrets.listVersions({ key }), { code: "NotFound", reason: "NOT_FOUND" });
  await expectFailure(bob.secrets.restoreVersion({ key, version: 1 }), { code: "NotFound", reason: "NOT_FOUND" });
  await expectFailure(alice.secrets.restoreVersion({ key, version: 2 }), {
    code: "InvalidArgument",
    reason: "INVALID_FIELD",
    field: "version",
  });
  service.clock.advance(29 * dayMs);
  expect(await versionsOf(carol, key)).toHaveLength(2);
  const { result } = await carol.secrets.restoreVersion({ key, version: 1, ifVersion: 0 });
  expect(result).toMatchObject({ id, outcome: SaveOutcome.CREATED, version: 3, changedFields: ["value", "metadata"] });
  expect(await readOne(bob, key)).toMatchObject({ value: "kept", metadata: { team: "a" }, owner: "alice" });
  await removeOne(alice, key);
  service.clock.advance(30 * dayMs);
  await expectFailure(alice.secrets.restoreVersion({ key, version: 3 }), { code: "NotFound", reason: "NOT_FOUND" });
});

it("admins purge removed secrets and old versions for good, all or none", async () => {
  await save(alice, { key: "alice/p1", value: "leaked" });
  await save(alice, { key: "alice/p1", value: "new" });
  await save(alice, { key: "alice/p2", value: "v" });
  await expectFailure(alice.secrets.purgeSecrets({ keys: ["alice/p1"] }), {
    code: "PermissionDenied",
    reason: "ADMIN_ONLY",
  });
  await expectFailure(admin.secrets.purgeSecrets({}), {
    code: "InvalidArgument",
    reason: "INVALID_FIELD",
    field: "keys",
  });
  const { purged } = await admin.secrets.purgeSecrets({ keys: ["alice/p1"], oldVersions: true });
  expect(purged).toMatchObject([{ key: "alice/p1", version: 2 }]);
  expect((await versionsOf(alice, "alice/p1", { showValues: true })).map(({ secret }) => secret?.value)).toEqual([
    "new",
  ]);
  await expectFailure(alice.secrets.restoreVersion({ key: "alice/p1", version: 1 }), {
    code: "NotFound",
    reason: "NOT_FOUND",
  });
  await removeOne(alice, "alice/p1");
  await expectFailure(admin.secrets.purgeSecrets({ keys: ["alice/p1", "alice/p2"] }), {
    code: "FailedPrecondition",
    reason: "IN_USE",
    index: 1,
    field: "keys[1]",
  });
  await admin.secrets.purgeSecrets({ keys: ["alice/p1"] });
  await expectFailure(admin.secrets.purgeSecrets({ keys: ["alice/p1"] }), { code: "NotFound", reason: "NOT_FOUND" });
  await expectFailure(admin.secrets.listVersions({ key: "alice/p1" }), { code: "NotFound", reason: "NOT_FOUND" });
  expect(await saveOne(alice, { key: "alice/p1", value: "anew" })).toMatchObject({ version: 1 });
});

it("admins purge single versions for good, with those of the same value, all or none", async () => {
  const key = "alice/pv";
  const purge = (...versions: number[]) => admin.secrets.purgeSecrets({ keys: [key], versions });
  await save(alice, { key, value: "leaked" });
  service.clock.advance(1000);
  await save(alice, { key, metadata: { team: "a" } });
  await save(alice, { key, value: "other" });
  await save(alice, { key, value: "new" });
  await expectFailure(alice.secrets.purgeSecrets({ keys: [key], versions: [1] }), {
    code: "PermissionDenied",
    reason: "ADMIN_ONLY",
  });
  await expectFailure(purge(1, 4), { code: "FailedPrecondition", reason: "IN_USE", index: 1, field: "versions[1]" });
  await expectFailure(purge(9), { code: "NotFound", reason: "NOT_FOUND", field: "versions[0]" });
  await expectFailure(purge(1, 0), { code: "InvalidArgument", reason: "INVALID_FIELD", field: "versions[1]" });
  await expectFailure(purge(...Array.from({ length: 11 }, (_, at) => at + 1)), {
    code: "InvalidArgument",
    reason: "LIMIT_EXCEEDED",
    field: "versions",
    limit: 10,
  });
  await expectFailure(admin.secrets.purgeSecrets({ keys: [key, "alice/pw"], versions: [1] }), {
    code: "InvalidArgument",
    reason: "INVALID_FIELD",
    field: "keys",
  });
  await expectFailure(admin.secrets.purgeSecrets({ keys: [key], oldVersions: true, versions: [1] }), {
    code: "InvalidArgument",
    reason: "CONFLICTING_FIELDS",
    field: "versions",
  });
  await expectFailure(admin.secrets.purgeSecrets({ keys: ["alice/none"], versions: [1] }), {
    code: "NotFound",
    reason: "NOT_FOUND",
    field: "keys[0]",
  });
  const retained = async () =>
    (await versionsOf(alice, key, { showValues: true })).map(({ secret }) => [secret?.version, secret?.value]);
  expect(await retained()).toHaveLength(4);
  expect((await purge(1)).purged).toMatchObject([{ key, version: 4 }]);
  expect(await retained()).toEqual([
    [4, "new"],
    [3, "other"],
  ]);
  await removeOne(alice, key);
  expect((await purge(4)).purged).toMatchObject([{ key, version: 5 }]);
  await expectFailure(purge(5), { code: "NotFound", reason: "NOT_FOUND" });
  await alice.secrets.restoreVersion({ key, version: 3 });
  expect((await retained())[0]).toEqual([6, "other"]);
});

it("a token that is narrowed restores and reads old values only as it is granted", async () => {
  await save(admin, { key: "prod/A", value: "one" });
  await save(admin, { key: "prod/A", value: "two" });
  const { secret } = await admin.identity.createToken({ grants: [{ action: "save-value", keyPatterns: ["prod/*"] }] });
  const deployer = service.as(secret);
  await expectFailure(deployer.secrets.listVersions({ key: "prod/A", showValues: true }), {
    code: "PermissionDenied",
    reason: "NOT_GRANTED",
  });
  expect(await versionsOf(deployer, "prod/A")).toHaveLength(2);
  expect((await deployer.secrets.restoreVersion({ key: "prod/A", version: 1 })).result?.version).toBe(3);
  await expectFailure(deployer.secrets.purgeSecrets({ keys: ["prod/A"] }), {
    code: "PermissionDenied",
    reason: "NOT_GRANTED",
  });
  await save(admin, { key: "other/A", value: "v" });
  await expectFailure(deployer.secrets.listVersions({ key: "other/A" }), { code: "NotFound", reason: "NOT_FOUND" });
});
