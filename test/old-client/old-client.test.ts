import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";
import { fetchPackage } from "../support/old-client/fetch-package.ts";

// Programs that use the client of the system that this one follows go on working: the package as it is published, against
// a real service. In it `id` is the name of a secret, which is the key here.

interface OldSecret {
  readonly id: string;
  readonly value?: string;
  readonly encrypted?: boolean;
  readonly readers?: string[];
}

interface OldApi {
  encryptValue(request: {
    body: { value?: string; values?: string[] };
  }): Promise<{ value?: string; values?: string[] }>;
  decryptValue(request: {
    body: { value?: string; values?: string[] };
  }): Promise<{ value?: string; values?: string[] }>;
  listSecrets(request: { body?: { id?: string; ids?: string[] } }): Promise<{ secrets?: OldSecret[] }>;
  saveSecrets(request: { body: { secrets: object[] } }): Promise<unknown>;
  removeSecrets(request: { body: { id?: string; ids?: string[] } }): Promise<unknown>;
  isSecure(): Promise<{ isSecure: boolean }>;
}

interface OldPackage {
  readonly Configuration: new (settings: { basePath: string; apiKey: string }) => object;
  readonly SecretSvcApi: new (configuration: object) => OldApi;
}

let service: TestService;
let connect: (token: string) => OldApi;
let admin: OldApi;
let alice: OldApi;

beforeAll(async () => {
  service = await startService(connectJson);
  const folder = await fetchPackage("@1backend/client", "0.9.18");
  const { Configuration, SecretSvcApi }: OldPackage = await import(pathToFileURL(join(folder, "dist/index.mjs")).href);
  connect = (token) => new SecretSvcApi(new Configuration({ basePath: service.url, apiKey: `Bearer ${token}` }));
  admin = connect(service.admin.token);
  alice = connect((await service.addUser("alice")).token);
});
afterAll(() => service.stop());

async function listed(api: OldApi, ...ids: string[]): Promise<OldSecret[]> {
  return (await api.listSecrets({ body: ids.length === 1 ? { id: ids[0] ?? "" } : { ids } })).secrets ?? [];
}

describe("documented 33: the npm package @1backend/client 0.9.18", () => {
  it("saves, lists and removes, with the id as the name", async () => {
    await admin.saveSecrets({ body: { secrets: [{ id: "shared/URL", value: "postgres://x", readers: ["alice"] }] } });
    await alice.saveSecrets({ body: { secrets: [{ id: "alice/KEY", value: "hers" }] } });
    expect(await listed(alice, "shared/URL")).toMatchObject([{ value: "postgres://x", readers: ["alice"] }]);
    expect(await listed(alice, "alice/KEY", "shared/URL")).toMatchObject([
      { value: "hers" },
      { value: "postgres://x" },
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

  it("carries the checksum of a file, and is told when it is wrong", async () => {
    const secrets = [{ id: "alice/SUM", value: "example", checksum: "6eec9b9f", checksumAlgorithm: "CRC32" }];
    await alice.saveSecrets({ body: { secrets } });
    const wrong = secrets.map((secret) => ({ ...secret, checksum: "45a3b25f" }));
    await expect(alice.saveSecrets({ body: { secrets: wrong } })).rejects.toMatchObject({ response: { status: 400 } });
  });

  it("is refused without a good token", async () => {
    await expect(connect("oo_wrong").isSecure()).rejects.toMatchObject({ response: { status: 401 } });
  });
});
