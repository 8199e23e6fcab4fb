import { afterAll, beforeAll, expect, test } from "vitest";
import { SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { listPages } from "../support/api/secret-calls.ts";
import { inMemory } from "../support/api/transports.ts";

let service: TestService;
let bob: Api;
beforeAll(async () => {
  service = await startService(inMemory);
  bob = await service.addUser("bob");
  const keys = Array.from({ length: 2400 }, (_, at) => `big/f${at < 1200 ? 0 : at % 3}/K${at}`);
  for (let from = 0; from < keys.length; from += 800) {
    const secrets = keys.slice(from, from + 800).map((key) => ({ key, value: "v", readers: ["bob"] }));
    await service.admin.secrets.saveSecrets({ secrets });
  }
  const deep = Array.from({ length: 150 }, (_, at) => ({ key: `wide/d${at}/K`, value: "v", readers: ["bob"] }));
  await service.admin.secrets.saveSecrets({ secrets: deep });
});
afterAll(() => service.stop());

test("counts end at 1,000, and say that there are more", async () => {
  for (const api of [service.admin, bob]) {
    const { folders } = await api.secrets.listSecrets({ folder: "big" });
    expect(folders.map(({ path, secrets, more }) => [path, secrets, more])).toEqual([
      ["big", 1000, true],
      ["big/f0", 1000, true],
      ["big/f1", 400, false],
      ["big/f2", 400, false],
    ]);
  }
});

test("threat 172: counts for a narrowed token also end there", async () => {
  const grants = [{ action: "read", keyPatterns: ["big/*7"] }];
  const narrowed = service.as((await bob.identity.createToken({ grants })).secret);
  const { folders } = await narrowed.secrets.listSecrets({ folder: "big", view: SecretView.KEYS });
  expect(folders.map(({ secrets, more }) => [secrets, more])).toEqual([
    [240, false],
    [160, false],
    [40, false],
    [40, false],
  ]);
});

test("many folders are paged through, each once", async () => {
  const pages = await listPages(bob, { folder: "wide", pageSize: 40 });
  const paths = pages.flatMap(({ folders }) => folders.map(({ path }) => path));
  expect(new Set(paths).size).toBe(151);
  expect(paths).toHaveLength(151);
  expect(paths.slice(1)).toEqual(paths.slice(1).toSorted());
});
