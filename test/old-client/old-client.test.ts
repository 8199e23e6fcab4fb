import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";
import { fetchPackage } from "../support/old-client/fetch-package.ts";

// Programs that use the client of the system that this one follows go on working: the package as it is published,
// against a real service. In its version 0.9 `id` is the name of a secret, which is the key here; before, `key` was.

interface OldSecret {
  readonly id: string;
  readonly key?: string;
  readonly appId?: string;
  readonly value?: string;
  readonly encrypted?: boolean;
  readonly readers?: string[];
}

interface OldNames {
  readonly id?: string;
  readonly ids?: string[];
  readonly keys?: string[];
  readonly allApps?: boolean;
}

interface OldApi {
  encryptValue(request: {
    body: { value?: string; values?: string[] };
  }): Promise<{ value?: string; values?: string[] }>;
  decryptValue(request: {
    body: { value?: string; values?: string[] };
  }): Promise<{ value?: string; values?: string[] }>;
  listSecrets(request: { body?: OldNames }): Promise<{ secrets?: OldSecret[] }>;
  saveSecrets(request: { body: { secrets: object[] } }): Promise<unknown>;
  removeSecrets(request: { body: OldNames }): Promise<unknown>;
  isSecure(): Promise<{ isSecure: boolean }>;
}

interface OldPackage {
  readonly Configuration: new (settings: { basePath: string; apiKey: string }) => object;
  readonly SecretSvcApi: new (configuration: object) => OldApi;
  /** Together they leave out what the client does not know. */
  readonly SecretSvcSecretFromJSON: (json: unknown) => unknown;
  readonly SecretSvcSecretToJSON: (secret: unknown) => unknown;
  readonly instanceOfSecretSvcSecret: (json: unknown) => boolean;
}

let old: OldPackage;
let older: OldPackage;

beforeAll(async () => {
  [old, older] = (await Promise.all(["0.9.18", "0.3.0-rc.29"].map(load))) as [OldPackage, OldPackage];
});

async function load(version: string): Promise<OldPackage> {
  const folder = await fetchPackage("@1backend/client", version);
  return import(pathToFileURL(join(folder, "dist/index.mjs")).href);
}

function connect({ Configuration, SecretSvcApi }: OldPackage, { url }: TestService, token: string): OldApi {
  return new SecretSvcApi(new Configuration({ basePath: url, apiKey: `Bearer ${token}` }));
}

/** What the service answers, before a client decodes it. */
async function answerOf({ url, admin }: TestService, verb: string, path: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${admin.token}`, "content-type": "application/json" };
  const response = await fetch(url + path, { method: verb, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  expect(response.status).toBe(200);
  return response.json();
}

async function listed(api: OldApi, ...ids: string[]): Promise<OldSecret[]> {
  return (await api.listSecrets({ body: ids.length === 1 ? { id: ids[0] ?? "" } : { ids } })).secrets ?? [];
}

describe.each(["off", "on"])(
  "documented 33: the npm package @1backend/client 0.9.18, SECRET_SVC_ANCESTOR_ANSWERS=%s",
  (setting) => {
    let service: TestService;
    let admin: OldApi;
    let alice: OldApi;

    beforeAll(async () => {
      service = await startService(connectJson, { environment: { SECRET_SVC_ANCESTOR_ANSWERS: setting } });
      admin = connect(old, service, service.admin.token);
      alice = connect(old, service, (await service.addUser("alice")).token);
    });
    afterAll(() => service.stop());

    it("saves, lists and removes, with the id as the name", async () => {
      await admin.saveSecrets({ body: { secrets: [{ id: "shared/URL", value: "postgres://x", readers: ["alice"] }] } });
      await alice.saveSecrets({ body: { secrets: [{ id: "alice/KEY", value: "hers" }] } });
      expect(await listed(alice, "shared/URL")).toMatchObject([
        { id: "shared/URL", value: "postgres://x", readers: ["alice"] },
      ]);
      expect(await listed(alice, "alice/KEY", "shared/URL")).toMatchObject([
        { id: "alice/KEY", value: "hers" },
        { id: "shared/URL", value: "postgres://x" },
      ]);
      expect((await alice.listSecrets({})).secrets).toHaveLength(2);
      await alice.removeSecrets({ body: { id: "alice/KEY" } });
      await admin.removeSecrets({ body: { ids: ["shared/URL"] } });
      expect(await listed(admin, "alice/KEY", "shared/URL")).toEqual([]);
    });

    it("encrypts, and saves what it encrypted under any name", async () => {
      const { value } = await alice.encryptValue({ body: { value: "sealed" } });
      expect(value).toMatch(/^seal\.v1\./);
      await alice.saveSecrets({ body: { secrets: [{ id: "alice/SEALED", value, encrypted: true }] } });
      expect(await listed(alice, "alice/SEALED")).toMatchObject([{ value: "sealed", encrypted: false }]);
      await alice.saveSecrets({ body: { secrets: [{ id: "alice/SEALED", value, encrypted: true }] } });
    });

    it("threat 29: encrypts and decrypts several values", async () => {
      const { values = [] } = await alice.encryptValue({ body: { values: ["one", "two"] } });
      expect(await alice.decryptValue({ body: { values } })).toMatchObject({ values: ["one", "two"] });
      expect(await alice.decryptValue({ body: { value: values[1] ?? "" } })).toMatchObject({ value: "two" });
    });

    it("threat 1: decrypts only what is the caller's", async () => {
      const { value = "" } = await admin.encryptValue({ body: { value: "the admin's" } });
      await expect(alice.decryptValue({ body: { value } })).rejects.toMatchObject({ response: { status: 403 } });
      expect(await admin.decryptValue({ body: { value } })).toMatchObject({ value: "the admin's" });
    });

    it("asks whether the service is secure", async () => {
      expect(await alice.isSecure()).toEqual({ isSecure: true });
    });

    it("carries the checksum of a file, and gets an error when it is wrong", async () => {
      const secrets = [{ id: "alice/SUM", value: "example", checksum: "6eec9b9f", checksumAlgorithm: "CRC32" }];
      await alice.saveSecrets({ body: { secrets } });
      const wrong = secrets.map((secret) => ({ ...secret, checksum: "45a3b25f" }));
      await expect(alice.saveSecrets({ body: { secrets: wrong } })).rejects.toMatchObject({
        response: { status: 400 },
      });
    });

    it("is refused without a good token", async () => {
      await expect(connect(old, service, "oo_wrong").isSecure()).rejects.toMatchObject({ response: { status: 401 } });
    });
  },
);

describe("documented 33: SECRET_SVC_ANCESTOR_ANSWERS=on", () => {
  let service: TestService;
  let admin: OldApi;

  beforeAll(async () => {
    service = await startService(connectJson, { environment: { SECRET_SVC_ANCESTOR_ANSWERS: "on" } });
    admin = connect(old, service, service.admin.token);
  });
  afterAll(() => service.stop());

  it("lists everything with values, under the key as the id", async () => {
    const secrets = [
      { appHost: "shop.example.com", id: "A", value: "1" },
      { id: "shop/B", value: "2", namespace: "x" },
    ];
    await admin.saveSecrets({ body: { secrets } });
    for (const body of [{}, { allApps: true }]) {
      expect((await admin.listSecrets({ body })).secrets).toMatchObject([
        { appId: "default", id: "A", value: "1" },
        { appId: "default", id: "shop/B", value: "2" },
      ]);
    }
    await admin.removeSecrets({ body: { ids: ["A", "shop/B"] } });
  });

  it("answers with what a strict decoder knows and needs, and with nothing else", async () => {
    const path = "/secret-svc/secrets";
    const secrets = [{ id: "A", value: "1", readers: ["web"] }];
    expect(await answerOf(service, "PUT", path, { secrets })).toEqual({});
    const list = (await answerOf(service, "POST", path, { id: "A" })) as { secrets: OldSecret[] };
    expect(Object.keys(list)).toEqual(["secrets"]);
    for (const secret of list.secrets) {
      expect(old.instanceOfSecretSvcSecret(secret)).toBe(true);
      // What it does not know is lost on the way.
      expect(old.SecretSvcSecretToJSON(old.SecretSvcSecretFromJSON(secret))).toMatchObject(secret);
    }
    // What it lists, it can save.
    expect(await answerOf(service, "PUT", path, list)).toEqual({});
    const sealed = (await answerOf(service, "POST", "/secret-svc/encrypt", { value: "v" })) as { value: string };
    expect(Object.keys(sealed)).toEqual(["value"]);
    expect(await answerOf(service, "POST", "/secret-svc/decrypt", { values: [sealed.value] })).toEqual({
      values: ["v"],
    });
    expect(await answerOf(service, "GET", "/secret-svc/is-secure")).toEqual({ isSecure: true });
    expect(await answerOf(service, "DELETE", path, { id: "A" })).toEqual({});
  });

  it("threat 229: a list has the secrets that the caller may read, and those of no other application", async () => {
    const web = connect(old, service, (await service.addUser("web")).token);
    const secrets = [
      { id: "SHARED", value: "1", readers: ["web"] },
      { id: "HIDDEN", value: "2", writers: ["web"] },
    ];
    await admin.saveSecrets({ body: { secrets } });
    const foreign = await service.addUser("mallory", { tenant: "other", admin: true });
    await connect(old, service, foreign.token).saveSecrets({
      body: { secrets: [{ appHost: "default", id: "SHARED", value: "foreign" }] },
    });
    expect((await web.listSecrets({ body: { allApps: true } })).secrets).toMatchObject([{ id: "SHARED", value: "1" }]);
    expect(await listed(web, "HIDDEN", "SHARED")).toMatchObject([{ id: "SHARED", value: "1" }]);
    expect(await listed(connect(old, service, foreign.token))).toMatchObject([{ appId: "other", value: "foreign" }]);
  });

  it("refuses a list that has more pages than one, which these clients would take for all", async () => {
    const count = 60;
    const secrets = Array.from({ length: count }, (_, at) => ({ id: `big/${at}`, value: "x".repeat(60_000) }));
    await admin.saveSecrets({ body: { secrets } });
    await expect(admin.listSecrets({})).rejects.toMatchObject({ response: { status: 400 } });
    await admin.removeSecrets({ body: { ids: secrets.map(({ id }) => id) } });
    expect(await listed(admin, "big/1")).toEqual([]);
  });

  it("leaves the methods of the contract as they are", async () => {
    await service.admin.secrets.saveSecrets({ secrets: [{ key: "OWN", value: "1" }] });
    const { secrets } = await service.admin.secrets.listSecrets({ keys: ["OWN"] });
    expect(secrets[0]).toMatchObject({ key: "OWN", id: expect.stringMatching(/^secr_/), owner: "admin" });
  });
});

describe("documented 33: the npm package @1backend/client 0.3.0-rc.29", () => {
  let service: TestService;
  let admin: OldApi;

  beforeAll(async () => {
    service = await startService(connectJson);
    admin = connect(older, service, service.admin.token);
  });
  afterAll(() => service.stop());

  it("saves, lists and removes by key; the id is another name", async () => {
    await admin.saveSecrets({ body: { secrets: [{ key: "shared/URL", value: "postgres://x" }] } });
    const { secrets = [] } = await admin.listSecrets({ body: { keys: ["shared/URL"] } });
    expect(secrets).toMatchObject([
      { id: expect.stringMatching(/^secr_/), key: "shared/URL", value: "postgres://x", encrypted: false },
    ]);
    // What it lists, it can save.
    await admin.saveSecrets({ body: { secrets } });
    await admin.removeSecrets({ body: { keys: ["shared/URL"] } });
    expect((await admin.listSecrets({ body: { keys: ["shared/URL"] } })).secrets).toEqual([]);
  });

  it("what was named by id is answered under that id, also by a save and a removal", async () => {
    const path = "/secret-svc/secrets";
    const named = { id: "NAMED", key: "NAMED" };
    expect(await answerOf(service, "PUT", path, { secrets: [{ id: "NAMED", value: "v" }] })).toMatchObject({
      results: [named],
    });
    expect(await answerOf(service, "POST", path, { ids: ["NAMED"] })).toMatchObject({ secrets: [named] });
    // What it lists, it can save.
    expect(await answerOf(service, "PUT", path, { secrets: [{ ...named, value: "w" }] })).toMatchObject({
      results: [{ key: "NAMED", outcome: "SAVE_OUTCOME_UPDATED" }],
    });
    expect(await answerOf(service, "DELETE", path, { id: "NAMED" })).toMatchObject({ removed: [named] });
  });

  it("is refused a namespace in a secret, which is a part of the key here", async () => {
    const secrets = [{ key: "URL", namespace: "shared", value: "postgres://x" }];
    await expect(admin.saveSecrets({ body: { secrets } })).rejects.toMatchObject({ response: { status: 400 } });
  });
});
