import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";
import { mergePatch, type VaultCaller, vaultCaller, vaultOn } from "../support/vault/vault-call.ts";

let service: TestService;
let user: Api;
let admin: VaultCaller;
let call: VaultCaller;

const keys = [
  "A",
  "app",
  "app-b/x",
  "app/DB",
  "app/KEY",
  "app/deep/er/X",
  "app/deep/Z",
  "prod/web/PORT",
  "prod/web/URL",
];

beforeAll(async () => {
  service = await startService(rest, vaultOn);
  user = await service.addUser("reader", { roles: ["ops"] });
  admin = vaultCaller(service, service.admin.token);
  call = vaultCaller(service, user.token);
  const secrets = keys.map((key) => ({ key, value: `value of ${key}` }));
  await service.admin.secrets.saveSecrets({ secrets });
  await service.admin.secrets.saveSecrets({
    secrets: [
      { key: "app/KEY", readers: ["ops"] },
      { key: "app/DB", writers: ["reader"] },
      { key: "app/deep/Z", readers: ["reader"] },
      { key: "prod/web/URL", readers: ["reader"] },
    ],
  });
  await service.admin.secrets.saveSecrets({ secrets: [{ key: "app/gone", value: "x" }] });
  await service.admin.secrets.removeSecrets({ keys: ["app/gone"] });
});

afterAll(() => service.stop());

const listed = async (as: VaultCaller, path: string) => (await as("LIST", path)).json?.data?.keys;

describe("the mount secret/", () => {
  test("lists what is directly in a folder, in the order of bytes", async () => {
    expect(await listed(admin, "secret/metadata/")).toEqual(["A", "app", "app-b/", "app/", "prod/"]);
    expect(await listed(admin, "secret/metadata")).toEqual(["A", "app", "app-b/", "app/", "prod/"]);
    expect(await listed(admin, "secret/metadata/app")).toEqual(["DB", "KEY", "deep/"]);
    expect(await listed(admin, "secret/metadata/app/")).toEqual(["DB", "KEY", "deep/"]);
    expect((await admin("GET", "secret/metadata/app?list=true")).json?.data).toEqual({ keys: ["DB", "KEY", "deep/"] });
    expect((await admin("GET", "secret/data/app?list=true")).status).toBe(405);
  });

  test("lists all keys below a folder", async () => {
    const below = ["DB", "KEY", "deep/Z", "deep/er/X"];
    expect((await admin("SCAN", "secret/metadata/app")).json?.data).toEqual({ keys: below });
    expect((await admin("GET", "secret/metadata/app?scan=true")).json?.data).toEqual({ keys: below });
  });

  test("goes on after a name", async () => {
    const page = async (query: string) => (await admin("GET", `secret/metadata?list=true&${query}`)).json?.data?.keys;
    expect(await page("limit=2")).toEqual(["A", "app"]);
    expect(await page("after=app&limit=1")).toEqual(["app-b/"]);
    expect(await page("after=app-b/&limit=5")).toEqual(["app/", "prod/"]);
    expect(await page("after=prod/")).toBeUndefined();
    expect(await page("limit=0")).toHaveLength(5);
  });

  test("shows callers what they have a right on, and no more", async () => {
    expect(await listed(call, "secret/metadata/")).toEqual(["app/", "prod/"]);
    expect(await listed(call, "secret/metadata/app")).toEqual(["DB", "KEY", "deep/"]);
    for (const path of ["secret/metadata/app-b", "secret/metadata/nothing", "secret/metadata/with%20space"]) {
      const { status, json } = await call("LIST", path);
      expect([status, json]).toEqual([404, { errors: [] }]);
    }
    const { secret } = await service.admin.identity.createToken({
      slug: "reader",
      grants: [{ action: "read", keyPatterns: ["prod/*"] }],
    });
    const narrowed = vaultCaller(service, secret);
    expect(await listed(narrowed, "secret/metadata/")).toEqual(["prod/"]);
    expect(await listed(narrowed, "secret/metadata/app")).toBeUndefined();
  });

  test("records each list once", async () => {
    const { headers } = await call("LIST", "secret/metadata/app");
    const events = (await service.auditEvents()).filter(({ requestId }) => requestId === headers.get("x-request-id"));
    expect(events).toMatchObject([{ action: "secret.list", filter: "folder=app/", count: 3, principal: "reader" }]);
  });

  test("is the fold of all keys", async () => {
    const names = Array.from({ length: 150 }, (_, at) => `many/f${at % 7}/${"s/".repeat(at % 3)}k${at}`);
    const more = Array.from({ length: 130 }, (_, at) => `many/n${at}`);
    const all = [...names, ...more];
    await service.admin.secrets.saveSecrets({ secrets: all.map((key) => ({ key, value: "x" })) });
    const folded = new Set(all.map((key) => key.slice(5)).map((rest) => rest.replace(/\/.*/, "/")));
    expect(await listed(admin, "secret/metadata/many")).toEqual([...folded].toSorted());
    const { json } = await admin("SCAN", "secret/metadata/many");
    expect(json?.data?.keys).toEqual(all.map((key) => key.slice(5)).toSorted());
  });
});

describe("the mount env/", () => {
  test("shows the secrets directly in a path as its fields", async () => {
    const { status, json } = await admin("GET", "env/data/app");
    expect(status).toBe(200);
    expect(json?.data).toMatchObject({ data: { DB: "value of app/DB", KEY: "value of app/KEY" } });
    expect(Object.keys(json?.data?.data ?? {})).toEqual(["DB", "KEY"]);
    expect(json?.data).toMatchObject({ metadata: { version: service.clock.now(), custom_metadata: null } });
    expect((await admin("GET", "env/subkeys/app")).json?.data).toMatchObject({ subkeys: { DB: null, KEY: null } });
    expect((await admin("GET", "env/metadata/app")).json?.data).toMatchObject({ current_version: service.clock.now() });
    expect((await admin("GET", "env/data/app?version=1")).status).toBe(400);
    expect((await admin("GET", "env/data/nothing")).json).toEqual({ errors: [] });
  });

  test("shows only what the caller may read, with a record for each value", async () => {
    const { headers, json } = await call("GET", "env/data/app");
    expect(json?.data?.data).toEqual({ KEY: "value of app/KEY" });
    const events = (await service.auditEvents()).filter(({ requestId }) => requestId === headers.get("x-request-id"));
    expect(events).toMatchObject([{ action: "secret.read", key: "app/KEY" }]);
    expect((await call("GET", "env/data/app-b")).status).toBe(404);
  });

  test("lists paths with fields, and those with something deeper", async () => {
    expect(await listed(admin, "env/metadata/")).toEqual(["app", "app-b", "app/", "many", "many/", "prod/"]);
    expect(await listed(admin, "env/metadata/app")).toEqual(["deep", "deep/"]);
    expect(await listed(admin, "env/metadata/prod")).toEqual(["web"]);
    expect((await admin("SCAN", "env/metadata/app")).json?.data?.keys).toEqual(["deep", "deep/er"]);
  });

  test("is changed as one batch, with PATCH only", async () => {
    const path = "env/data/reader/web";
    const patch = (data: unknown) => call("PATCH", path, { data }, mergePatch);
    expect((await patch({ A: "1", B: "2" })).status).toBe(200);
    expect((await patch({ A: null, C: "3", missing: null })).status).toBe(200);
    expect((await call("GET", path)).json?.data?.data).toEqual({ B: "2", C: "3" });
    for (const [data, error] of [
      [{ "a/b": "1" }, "the name of field 1 must not have a '/'"],
      [{ N: 1 }, "field 1 must be a string"],
      [{}, "no data provided"],
    ]) {
      expect((await patch(data)).json?.errors).toEqual([error]);
    }
    expect((await call("PATCH", "env/data/app", { data: { KEY: "x", NEW: "y" } }, mergePatch)).status).toBe(403);
    expect((await admin("GET", "env/data/app")).json?.data?.data).toEqual({
      DB: "value of app/DB",
      KEY: "value of app/KEY",
    });
    for (const [method, kind] of [
      ["PUT", "data"],
      ["DELETE", "data"],
      ["POST", "metadata"],
      ["POST", "destroy"],
    ]) {
      const body = method === "DELETE" ? undefined : { data: { A: "1" }, versions: [1] };
      const refused = await call(String(method), `env/${kind}/reader/web`, body);
      expect([refused.status, refused.json?.errors?.[0]]).toEqual([405, expect.stringContaining("PATCH only")]);
    }
    expect((await call("GET", path)).json?.data?.data).toEqual({ B: "2", C: "3" });
  });
});
