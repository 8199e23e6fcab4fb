import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startService, type TestService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";
import { mergePatch, type VaultCaller, vaultCaller, vaultOn } from "../support/vault/vault-call.ts";

let service: TestService;
let call: VaultCaller;
let count = 0;
let key: string;

beforeAll(async () => {
  service = await startService(rest, vaultOn);
  call = vaultCaller(service, service.admin.token);
});

afterAll(() => service.stop());

beforeEach(() => {
  count += 1;
  key = `app/k${count}`;
  service.clock.advance(1000);
});

/** Time passes between requests, as it does for clients. */
const later: VaultCaller = (...request) => {
  service.clock.advance(1000);
  return call(...request);
};

const put = (data: unknown, cas?: unknown) =>
  later("PUT", `secret/data/${key}`, { data, ...(cas === undefined ? {} : { options: { cas } }) });
const read = (query = "") => later("GET", `secret/data/${key}${query}`);
const casRefused = ["check-and-set parameter did not match the current version"];

async function stored(): Promise<string | undefined> {
  const { secrets } = await service.admin.secrets.listSecrets({ keys: [key] });
  return secrets[0]?.value;
}

describe("values", () => {
  test("are read as they were written, with the answer of Vault", async () => {
    const body = '{ "data": {"u": "1", "n": 1.10, "big": 12345678901234567890, "z": null, "l": [1, {"a": []}]} }';
    const written = await later("POST", `secret/data/${key}`, body);
    expect(written.json?.data).toMatchObject({
      version: 1,
      deletion_time: "",
      destroyed: false,
      custom_metadata: null,
    });
    const { status, text, headers } = await read();
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("cache-control")).toBe("no-store");
    const created = new Date(service.clock.now() - 1000).toISOString();
    expect(text).toBe(
      `{"request_id":"${headers.get("x-request-id")}","lease_id":"","renewable":false,"lease_duration":0,"data":` +
        `{"data":{"big":12345678901234567890,"l":[1,{"a":[]}],"n":1.10,"u":"1","z":null},"metadata":` +
        `{"created_time":"${created}","custom_metadata":null,"deletion_time":"","destroyed":false,"version":1}},` +
        `"wrap_info":null,"warnings":null,"auth":null}\n`,
    );
    expect(await stored()).toBe('{"big":12345678901234567890,"l":[1,{"a":[]}],"n":1.10,"u":"1","z":null}');
  });

  test("of one text with the name value are that text for oo, and back", async () => {
    await put({ value: "plain" });
    expect(await stored()).toBe("plain");
    await service.admin.secrets.saveSecrets({ secrets: [{ key, value: "other" }] });
    expect((await read()).json?.data).toMatchObject({ data: { value: "other" }, metadata: { version: 2 } });
    for (const value of ['{"a":1}', "", "seal.v1.x"]) {
      await put({ value });
      expect((await read()).json?.data).toMatchObject({ data: { value } });
    }
  });

  test("that are equal make no version", async () => {
    await put({ a: "1", b: "2" });
    expect((await later("PUT", `secret/data/${key}`, '{"data":{"b":"2", "a":"1"}}')).json?.data?.version).toBe(1);
  });

  test("are refused with the reason", async () => {
    const refusals = [
      ["{}", "no data provided"],
      ['{"data":null}', "no data provided"],
      ['{"data":"x"}', 'error converting input for field "data": expected a map'],
      ["nonsense", "failed to parse JSON input: it is not valid JSON"],
      ["[]", "failed to parse JSON input: it is not an object"],
      ['{"data":{"a":1,"a":2}}', "failed to parse JSON input: an object names a field twice"],
      ['{"data":{"a":1},"options":{"cas":"x"}}', "error parsing check-and-set parameter"],
      [
        JSON.stringify({ data: { a: "x".repeat(70_000) } }),
        "the value would be 70008 bytes as JSON; the limit is 65536",
      ],
    ];
    for (const [body, error] of refusals) {
      const { status, json } = await later("PUT", `secret/data/${key}`, body);
      expect([status, json]).toEqual([400, { errors: [error] }]);
    }
    expect((await read()).status).toBe(404);
  });

  test("may be sent with any content type, and with fields that nobody knows", async () => {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const body = '{"data":{"a":"b"},"options":null,"cas":null,"foo":1}';
    expect((await later("PUT", `secret/data/${key}`, body, type)).status).toBe(200);
  });
});

describe("check-and-set", () => {
  test("holds while the value is the same", async () => {
    await put({ u: "1" }, 0);
    await later("POST", `secret/metadata/${key}`, { custom_metadata: { owner: "me" } });
    const { json } = await read();
    expect(json?.data).toMatchObject({ metadata: { version: 1, custom_metadata: { owner: "me" } } });
    expect((await put({ u: "2" }, 1)).json?.data).toMatchObject({ version: 3 });
    for (const cas of [0, 1, 2, 4, "9"]) expect((await put({ u: "3" }, cas)).json?.errors).toEqual(casRefused);
    expect((await put({ u: "3" }, "3")).status).toBe(200);
  });

  test("0 is for a secret that is missing or removed", async () => {
    expect((await put({ u: "1" }, 1)).json?.errors).toEqual(casRefused);
    await put({ u: "1" }, 0);
    expect((await put({ u: "2" }, 0)).json?.errors).toEqual(casRefused);
    await later("DELETE", `secret/data/${key}`);
    expect((await put({ u: "2" }, 0)).status).toBe(200);
  });

  test("of twenty writers at once exactly one wins", async () => {
    await put({ u: "0" });
    service.clock.advance(1000);
    const writes = Array.from({ length: 20 }, (_, at) =>
      call("PUT", `secret/data/${key}`, { data: { u: `w${at}` }, options: { cas: 1 } }),
    );
    const statuses = (await Promise.all(writes)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400)).toHaveLength(19);
  });
});

describe("patches", () => {
  const patch = (data: unknown, cas?: number, headers: Record<string, string> = mergePatch) =>
    later("PATCH", `secret/data/${key}`, { data, ...(cas === undefined ? {} : { options: { cas } }) }, headers);

  test("change what they name", async () => {
    await later("PUT", `secret/data/${key}`, '{"data":{"a":1.10,"b":{"c":1,"d":2},"e":"x"}}');
    expect((await patch({ b: { d: null }, e: null, f: "y" })).json?.data).toMatchObject({ version: 2 });
    expect(await stored()).toBe('{"a":1.10,"b":{"c":1},"f":"y"}');
    expect((await patch({ f: "z" }, 1)).json?.errors).toEqual(casRefused);
    expect((await patch({ f: "z" }, 2)).status).toBe(200);
  });

  test("need their own content type, data and a secret", async () => {
    expect((await patch({ a: 1 })).json).toEqual({ errors: [] });
    await put({ a: 1 });
    const wrong = await patch({ a: 1 }, undefined, { "content-type": "application/json" });
    expect(wrong.status).toBe(415);
    expect(wrong.json?.errors?.[0]).toContain("application/merge-patch+json, provided application/json");
    expect((await later("PATCH", `secret/data/${key}`, {}, mergePatch)).json?.errors).toEqual(["no data provided"]);
    await later("DELETE", `secret/data/${key}`);
    const removed = await patch({ a: 1 });
    expect([removed.status, removed.json?.data?.version]).toEqual([404, 1]);
  });

  test("several at once all take effect", async () => {
    await put({ first: "1" });
    const writes = Array.from({ length: 6 }, (_, at) =>
      call("PATCH", `secret/data/${key}`, { data: { [`n${at}`]: at } }, mergePatch),
    );
    expect((await Promise.all(writes)).map(({ status }) => status)).toEqual(new Array(6).fill(200));
    expect(Object.keys(JSON.parse((await stored()) ?? ""))).toHaveLength(7);
  });
});

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

describe("what is not a secret", () => {
  test.each([
    ["GET", "secret/data/a//b", 404],
    ["GET", "secret/data/with%20space", 404],
    ["PUT", "secret/data/with%20space", 400],
    ["PUT", "secret/data/1/2/3/4/5/6/7/8/9", 400],
    ["DELETE", "secret/data/with%20space", 204],
    ["GET", "secret/data/a%2Fb", 400],
    ["GET", "secret/data/%zz", 400],
    ["GET", "secret/data/a/", 404],
    ["PUT", "secret/data/a/", 400],
    ["PUT", "secret/data", 404],
    ["GET", "secret/a/b", 404],
    ["GET", "nope/data/x", 403],
    ["GET", "sys/nothing", 404],
    ["OPTIONS", "secret/metadata/a", 405],
    ["LINK", "secret/metadata/a", 405],
  ])("%s %s", async (method, path, status) => {
    const body = ["PUT", "POST"].includes(method) ? { data: { a: "b" } } : undefined;
    expect((await call(method, path, body)).status).toBe(status);
  });
});
