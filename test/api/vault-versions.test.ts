import { beforeEach, describe, expect, test } from "vitest";
import type { TestService } from "../support/api/fixture.ts";
import { mergePatch } from "../support/vault/vault-call.ts";
import { useVaultKey } from "../support/vault/vault-key.ts";

const vault = useVaultKey();
const { later, put, read } = vault;
let service: TestService;
let key: string;

beforeEach(() => {
  ({ service, key } = vault);
});

const casRefused = ["check-and-set parameter did not match the current version"];

describe("removal", () => {
  test("shows what is left, and undelete brings it back with its lists and metadata", async () => {
    await service.admin.secrets.saveSecrets({ secrets: [{ key, value: "x", readers: ["reader"] }] });
    await later("POST", `secret/metadata/${key}`, { custom_metadata: { owner: "me" } });
    expect((await later("DELETE", `secret/data/${key}`)).status).toBe(204);
    const { status, json } = await read();
    expect(status).toBe(404);
    const deletion_time = new Date(service.clock.now() - 1000).toISOString();
    const facts = { version: 1, custom_metadata: { owner: "me" }, deletion_time, destroyed: false };
    expect(json?.data).toMatchObject({ data: null, metadata: facts });
    const description = (await later("GET", `secret/metadata/${key}`)).json?.data;
    expect(description).toMatchObject({ current_version: 1, oldest_version: 1, custom_metadata: { owner: "me" } });
    expect(description?.versions).toMatchObject({ 1: { deletion_time, destroyed: false } });
    expect((await later("GET", `secret/subkeys/${key}`)).json?.data).toMatchObject({ subkeys: null });
    expect((await later("PUT", `secret/undelete/${key}`, { versions: ["2"] })).status).toBe(204);
    expect((await read()).status).toBe(404);
    expect((await later("PUT", `secret/undelete/${key}`, { versions: ["1"] })).status).toBe(204);
    expect((await read()).json?.data).toMatchObject({
      data: { value: "x" },
      metadata: { version: 4, custom_metadata: { owner: "me" } },
    });
    const { secrets } = await service.admin.secrets.listSecrets({ keys: [key] });
    expect(secrets[0]?.readers).toEqual(["reader"]);
  });

  test("of a secret that an admin writes again keeps the lists and the metadata", async () => {
    const secret = { key, value: "x", readers: ["reader"], metadata: { owner: "me" } };
    await service.admin.secrets.saveSecrets({ secrets: [secret] });
    await later("DELETE", `secret/data/${key}`);
    expect((await put({ value: "y" })).json?.data).toMatchObject({ version: 3, custom_metadata: { owner: "me" } });
    const { secrets } = await service.admin.secrets.listSecrets({ keys: [key] });
    expect(secrets[0]).toMatchObject({ readers: ["reader"], metadata: { owner: "me" } });
  });

  test("by number is for the newest value, and rollback works right after it", async () => {
    await put({ v: "1" });
    await put({ v: "2" });
    const remove = (...versions: unknown[]) => later("POST", `secret/delete/${key}`, { versions });
    expect((await remove(1)).json?.errors).toEqual([
      "only the newest version, 2, can be deleted; older ones can be destroyed",
    ]);
    expect((await remove(7)).status).toBe(204);
    expect((await read()).status).toBe(200);
    expect((await remove("2")).status).toBe(204);
    expect((await read()).status).toBe(404);
    expect((await read("?version=1")).json?.data).toMatchObject({ data: { v: "1" }, metadata: { version: 1 } });
    expect((await put({ v: "1" }, 2)).json?.data).toMatchObject({ version: 4 });
    expect((await later("POST", `secret/delete/${key}`, {})).json?.errors).toEqual(["No version number provided"]);
  });

  test.each([1, "1", "1,7", [1], ["1"]])("takes versions as Vault does: %j", async (versions) => {
    await put({ u: "1" });
    expect((await later("POST", `secret/delete/${key}`, { versions })).status).toBe(204);
    expect((await read()).status).toBe(404);
    expect((await later("POST", `secret/undelete/${key}`, { versions })).status).toBe(204);
    expect((await read()).status).toBe(200);
  });

  test.each(["", "1;2", "1,", "x", {}, true, [], null, 1.5])(
    "refuses what does not name a version: %j",
    async (versions) => {
      await put({ u: "1" });
      expect((await later("POST", `secret/delete/${key}`, { versions })).status).toBe(400);
      expect((await read()).status).toBe(200);
    },
  );

  test("of metadata by an admin is for good", async () => {
    await put({ v: "1" });
    expect((await later("DELETE", `secret/metadata/${key}`)).status).toBe(204);
    expect((await later("GET", `secret/metadata/${key}`)).status).toBe(404);
    expect((await put({ v: "1" })).json?.data).toMatchObject({ version: 1 });
  });
});

describe("versions", () => {
  test("are read by number", async () => {
    await put({ v: "1" });
    await put({ v: "2" });
    expect((await read("?version=1")).json?.data).toMatchObject({ data: { v: "1" }, metadata: { version: 1 } });
    expect((await read("?version=0")).json?.data).toMatchObject({ data: { v: "2" }, metadata: { version: 2 } });
    expect((await read("?version=9")).json).toEqual({ errors: [] });
    for (const bad of ["x", "-1", "1.5"]) {
      expect((await read(`?version=${bad}`)).json?.errors).toEqual(["error parsing version parameter"]);
    }
  });

  test("skip numbers of changes without a new value", async () => {
    await put({ v: "1" });
    await later("POST", `secret/metadata/${key}`, { custom_metadata: { a: "1" } });
    await put({ v: "2" });
    const { json } = await later("GET", `secret/metadata/${key}`);
    expect(Object.keys(json?.data?.versions ?? {})).toEqual(["1", "3"]);
    expect(json?.data).toMatchObject({ current_version: 3, oldest_version: 1, max_versions: 0 });
  });
});

describe("metadata", () => {
  const write = (body: unknown) => later("PUT", `secret/metadata/${key}`, body);

  test("are replaced, merged, and left alone", async () => {
    await put({ v: "1" });
    expect((await write({ custom_metadata: { owner: "me", n: 5, t: true } })).status).toBe(204);
    expect((await read()).json?.data).toMatchObject({
      metadata: { custom_metadata: { n: "5", owner: "me", t: "true" } },
    });
    const patched = { custom_metadata: { n: null, team: "x" } };
    expect((await later("PATCH", `secret/metadata/${key}`, patched, mergePatch)).status).toBe(204);
    expect((await write({ max_versions: 0, cas_required: false, delete_version_after: "0s0ns" })).status).toBe(204);
    const { json } = await read();
    expect(json?.data).toMatchObject({
      metadata: { version: 1, custom_metadata: { owner: "me", t: "true", team: "x" } },
    });
    expect((await write({ custom_metadata: {} })).status).toBe(204);
    expect((await read()).json?.data).toMatchObject({ metadata: { custom_metadata: null } });
  });

  test.each(["PATCH", "PUT"])("null takes all of them away: %s", async (method) => {
    await put({ u: "1" });
    await later("PUT", `secret/metadata/${key}`, { custom_metadata: { owner: "me" } });
    const headers = method === "PATCH" ? mergePatch : {};
    const cleared = await later(method, `secret/metadata/${key}`, { custom_metadata: null }, headers);
    expect(cleared.status).toBe(204);
    expect((await read()).json?.data).toMatchObject({ metadata: { version: 1, custom_metadata: null } });
  });

  test("that are not allowed are refused", async () => {
    await put({ v: "1" });
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, "v"]));
    const refusals: [unknown, string][] = [
      [{ max_versions: 3 }, "max_versions cannot be set here: 10 versions of each secret are retained"],
      [{ cas_required: true }, "cas_required cannot be set here: a writer may send cas, but cannot be made to"],
      [{ delete_version_after: "3h" }, "delete_version_after cannot be set here: versions are not deleted by age"],
      [{ custom_metadata: { a: { b: 1 } } }, "custom_metadata values must be strings"],
      [
        { custom_metadata: many },
        "custom_metadata validation failed: payload must contain at most 64 keys, provided 65",
      ],
      [{ custom_metadata: { ["k".repeat(129)]: "v" } }, "length of a key is 129 but must be 0 < len(key) <= 128"],
      [{ custom_metadata: { k: "v".repeat(513) } }, "is 513 but must be 0 < len(value) <= 512"],
      [{ custom_metadata: { expires: "never" } }, "metadata.expires must be a date such as"],
    ];
    for (const [body, error] of refusals) {
      const { status, json } = await write(body);
      expect([status, json?.errors?.[0]]).toEqual([400, expect.stringContaining(error)]);
    }
    expect((await read()).json?.data).toMatchObject({ metadata: { version: 1, custom_metadata: null } });
  });

  test("may come before the value, which then is the second version", async () => {
    expect((await write({ custom_metadata: { a: "b" } })).status).toBe(204);
    expect((await read()).json).toEqual({ errors: [] });
    const place = (await later("GET", `secret/metadata/${key}`)).json?.data;
    expect(place).toMatchObject({ current_version: 0, versions: {}, custom_metadata: { a: "b" }, oldest_version: 0 });
    expect((await put({ x: "1" }, 1)).json?.errors).toEqual(casRefused);
    expect((await put({ x: "1" }, 0)).json?.data).toMatchObject({ version: 2, custom_metadata: { a: "b" } });
    const { secrets } = await service.admin.secrets.listSecrets({ keys: [key] });
    expect(secrets[0]?.metadata).toEqual({ a: "b" });
  });
});
