import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, startService, type TestService } from "./fixture.ts";
import { readOne, saveOne } from "./secret-calls.ts";
import { rest } from "./transports.ts";

let service: TestService;
let boss: Api;

beforeAll(async () => {
  service = await startService(rest, { environment: { OB_ENCRYPTION_KEY: "changeMeToSomethingSecureForReal" } });
  boss = await service.addUser("boss", { admin: true });
});
afterAll(() => service.stop());

it("works under the default key, and says that this is not secure, the reasons to operators only", async () => {
  await saveOne(boss, { key: "a/KEY", value: "v" });
  expect((await readOne(boss, "a/KEY"))?.value).toBe("v");
  expect(await boss.secrets.isSecure({})).toMatchObject({ isSecure: false, reasons: [] });
  const told = await service.admin.secrets.isSecure({});
  expect(told).toMatchObject({ isSecure: false, reasons: ["it is using the default encryption key"] });
});

it("spells out defaults in JSON", async () => {
  const headers = { authorization: `Bearer ${boss.token}` };
  const response = await fetch(`${service.url}/secret-svc/is-secure`, { headers });
  expect(await response.json()).toEqual({ isSecure: false, reasons: [] });
  expect(response.headers.get("cache-control")).toBe("no-store");
});
