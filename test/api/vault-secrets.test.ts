import { beforeEach, describe, expect, test } from "vitest";
import type { TestService } from "../support/api/fixture.ts";
import { mergePatch } from "../support/vault/vault-call.ts";
import { useVaultKey } from "../support/vault/vault-key.ts";

const vault = useVaultKey();
const { call, later, put, read } = vault;
let service: TestService;
let key: string;

beforeEach(() => {
  ({ service, key } = vault);
});

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
      ['{"data":{"a":1},"options":"cas"}', 'error converting input for field "options": expected a map'],
      ['{"data":{"a":1},"options":[{"cas":0}]}', 'error converting input for field "options": expected a map'],
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

  test("may be sent with any content type, and with fields that no one knows", async () => {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const body = '{"data":{"a":"b"},"options":null,"cas":null,"foo":1}';
    expect((await later("PUT", `secret/data/${key}`, body, type)).status).toBe(200);
  });
});

describe("subkeys", () => {
  test.each([
    ["", { a: { b: { c: { d: null } }, e: null, f: null } }],
    ["?depth=0", { a: { b: { c: { d: null } }, e: null, f: null } }],
    ["?depth=1", { a: null }],
    ["?depth=2", { a: { b: null, e: null, f: null } }],
    ["?depth=3", { a: { b: { c: null }, e: null, f: null } }],
  ])("%s show names to a depth", async (query, subkeys) => {
    await put({ a: { b: { c: { d: 1 } }, e: [{}], f: {} } });
    expect((await later("GET", `secret/subkeys/${key}${query}`)).json?.data).toMatchObject({ subkeys });
  });
});

test("a parameter of a path that is not a number, or is there twice, is refused", async () => {
  await put({ a: "1" });
  const paths = ["data/K?version=x", "data/K?version=1&version=1", "subkeys/K?depth=x", "subkeys/K?depth=1&depth=2"];
  for (const path of [...paths, "metadata/app?list=true&limit=1&limit=2", "metadata/app?list=true&after=a&after=b"]) {
    const { status, json } = await later("GET", `secret/${path.replace("K", key)}`);
    expect([path, status, json?.errors?.[0]]).toEqual([
      path,
      400,
      expect.stringMatching(/^(error parsing|the parameter)/),
    ]);
  }
});

describe("check-and-set", () => {
  test("holds while the value is the same", async () => {
    await put({ u: "1" }, 0);
    await later("POST", `secret/metadata/${key}`, { custom_metadata: { owner: "me" } });
    const { json } = await read();
    expect(json?.data).toMatchObject({ metadata: { version: 1, custom_metadata: { owner: "me" } } });
    expect((await put({ u: "2" }, 1)).json?.data).toMatchObject({ version: 3 });
    for (const cas of [0, 1, 2, 4, "9", -1, "-1"])
      expect((await put({ u: "3" }, cas)).json?.errors).toEqual(casRefused);
    expect((await put({ u: "3" }, "3")).status).toBe(200);
  });

  test("0 is for a secret that is missing or removed", async () => {
    expect((await put({ u: "1" }, 1)).json?.errors).toEqual(casRefused);
    await put({ u: "1" }, 0);
    expect((await put({ u: "2" }, 0)).json?.errors).toEqual(casRefused);
    await later("DELETE", `secret/data/${key}`);
    expect((await put({ u: "2" }, 0)).status).toBe(200);
  });

  test("null is 0, as in Vault", async () => {
    expect((await put({ u: "1" }, null)).status).toBe(200);
    expect((await put({ u: "2" }, null)).status).toBe(400);
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
