import { afterAll, beforeAll, expect, test } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import { startService, type TestService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";
import { type VaultCaller, vaultCaller, vaultOn } from "../support/vault/vault-call.ts";

let service: TestService;
let call: VaultCaller;

beforeAll(async () => {
  service = await startService(rest, vaultOn);
  const admin = vaultCaller(service, service.admin.token);
  call = (...request) => {
    service.clock.advance(1000);
    return admin(...request);
  };
});

afterAll(() => service.stop());

const put = (key: string, data: unknown) => call("PUT", `secret/data/${key}`, { data });
const destroy = (key: string, ...versions: unknown[]) => call("PUT", `secret/destroy/${key}`, { versions });
const numbers = async (key: string) => {
  const { versions } = await service.admin.secrets.listVersions({ key });
  return versions.map(({ secret }) => secret?.version);
};

test("an older version is gone for good, and the current one stays", async () => {
  for (const v of ["1", "2", "3"]) await put("a", { v });
  expect((await destroy("a", "2", 9)).status).toBe(204);
  const gone = await call("GET", "secret/data/a?version=2");
  expect(gone.status).toBe(404);
  expect(gone.json?.data).toMatchObject({ data: null, metadata: { destroyed: true, version: 2 } });
  expect((await call("GET", "secret/data/a")).json?.data).toMatchObject({ data: { v: "3" }, metadata: { version: 3 } });
  expect((await call("GET", "secret/data/a?version=1")).json?.data).toMatchObject({ data: { v: "1" } });
  expect((await call("GET", "secret/metadata/a")).json?.data?.versions).toMatchObject({
    1: { destroyed: false },
    2: { created_time: "", destroyed: true },
    3: { destroyed: false },
  });
  expect(await numbers("a")).toEqual([3, 1]);
});

test("the current version is removed and purged at once, with those that have the same value", async () => {
  await put("b", { v: "1" });
  await put("b", { v: "2" });
  await call("POST", "secret/metadata/b", { custom_metadata: { a: "b" } });
  expect((await destroy("b", 2)).status).toBe(204);
  expect(await numbers("b")).toEqual([4, 1]);
  expect((await call("GET", "secret/data/b")).json?.data).toMatchObject({ data: null, metadata: { version: 1 } });
  expect((await call("GET", "secret/data/b?version=1")).status).toBe(404);
  expect((await put("b", { v: "3" })).json?.data).toMatchObject({ version: 5 });
  const events = (await service.auditEvents()).filter(({ action, key }) => action === "secret.purge" && key === "b");
  expect(events).toMatchObject([{ version: 4, filter: "oldVersions=2,3" }]);
});

test("threat 236: no version keeps a value that was destroyed", async () => {
  await put("f", { v: "leaked" });
  await call("POST", "secret/metadata/f", { custom_metadata: { a: "b" } });
  await put("f", { v: "new" });
  expect((await destroy("f", 1)).status).toBe(204);
  expect(await numbers("f")).toEqual([3]);
  expect((await call("GET", "secret/data/f?version=2")).json?.data?.data).toBeNull();
});

test("threat 236: nor does one whose value is bytes", async () => {
  const key = "bytes";
  const bytes = new TextEncoder().encode("leaked");
  const save = (fields: object) => {
    service.clock.advance(1000);
    return service.admin.secrets.saveSecrets({ secrets: [{ key, ...fields }] });
  };
  await save({ valueBytes: bytes });
  await save({ metadata: { a: "b" } });
  await expectFailure(service.admin.secrets.purgeSecrets({ keys: [key], versions: [1] }), {
    code: "FailedPrecondition",
    reason: "IN_USE",
  });
  await save({ value: "new" });
  await service.admin.secrets.purgeSecrets({ keys: [key], versions: [1] });
  expect(await numbers(key)).toEqual([3]);
});

test("a place has no version to restore, purge or read", async () => {
  const key = "place/restored";
  expect((await call("POST", `secret/metadata/${key}`, { custom_metadata: { a: "b" } })).status).toBe(204);
  for (const version of [1, 2]) {
    await expectFailure(service.admin.secrets.restoreVersion({ key, version }), {
      code: "NotFound",
      reason: "NOT_FOUND",
    });
  }
  await expectFailure(service.admin.secrets.purgeSecrets({ keys: [key], versions: [1] }), {
    code: "NotFound",
    reason: "NOT_FOUND",
  });
  expect((await call("GET", `secret/data/${key}`)).json).toEqual({ errors: [] });
});

test("what was destroyed raises no alarm later", async () => {
  await put("c", { v: "1" });
  await put("c", { v: "2" });
  await destroy("c", 1);
  await call("POST", "secret/metadata/place", { custom_metadata: { a: "b" } });
  expect((await service.admin.identity.whoAmI({})).usage).toBeDefined();
  const { findings } = await service.admin.secrets.isSecure({});
  expect(findings.filter(({ id }) => id === "stored-data")).toEqual([]);
  for (const key of ["c", "place"]) expect(await numbers(key)).not.toEqual([]);
});

test("needs an admin, and does nothing to what there is not", async () => {
  const reader = await service.addUser("reader");
  await service.admin.secrets.saveSecrets({
    secrets: [
      { key: "d", value: "x", deleters: ["reader"] },
      { key: "e", value: "x" },
    ],
  });
  const as = vaultCaller(service, reader.token);
  const denied = await as("PUT", "secret/destroy/d", { versions: [1] });
  expect([denied.status, denied.json?.errors]).toEqual([403, ["permission denied: only admins destroy versions"]]);
  for (const key of ["e", "missing", "with%20space"]) {
    expect((await as("PUT", `secret/destroy/${key}`, { versions: [1] })).status).toBe(204);
  }
  expect(await numbers("d")).toEqual([1]);
  expect(await numbers("e")).toEqual([1]);
  expect((await destroy("e")).json?.errors).toEqual(["No version number provided"]);
});
