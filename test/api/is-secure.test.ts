import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SecuritySeverity } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { readOne, saveOne } from "../support/api/secret-calls.ts";
import { rest } from "../support/api/transports.ts";

const findingsOfDefaultKey = ["it is using the default encryption key"];
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
  expect(await service.admin.secrets.isSecure({})).toMatchObject({ isSecure: false, reasons: findingsOfDefaultKey });
});

it("spells out defaults in JSON", async () => {
  const headers = { authorization: `Bearer ${boss.token}` };
  const response = await fetch(`${service.url}/secret-svc/is-secure`, { headers });
  expect(await response.json()).toEqual({ isSecure: false, reasons: [], findings: [] });
  expect(response.headers.get("cache-control")).toBe("no-store");
});

it("threat 89: shows operators what could be safer and how, everyone else only whether it is secure", async () => {
  const { findings } = await service.admin.secrets.isSecure({});
  const { CRITICAL, WARNING, NOTICE } = SecuritySeverity;
  expect(findings[0]).toMatchObject({ id: "default-key", severity: CRITICAL, summary: findingsOfDefaultKey[0] });
  expect(findings.map(({ severity }) => severity)).toEqual(
    findings
      .map(({ severity }) => severity)
      .toSorted()
      .reverse(),
  );
  // The tests run without the options of bin/secret-svc.
  expect(findings).toContainEqual(expect.objectContaining({ id: "debugging", severity: WARNING }));
  expect(findings).toContainEqual(expect.objectContaining({ id: "reflection", severity: NOTICE }));
  for (const { fix } of findings) expect(fix).not.toBe("");
  const { secret } = await service.admin.identity.createToken({
    slug: "admin",
    grants: [{ action: "read", keyPatterns: ["*"] }],
  });
  const narrowed = service.as(secret);
  for (const api of [boss, narrowed]) {
    expect(await api.secrets.isSecure({})).toMatchObject({ isSecure: false, reasons: [], findings: [] });
  }
});

it("sees files of keys and tokens that others may read", async () => {
  const file = join(service.dataDir, "given-admin.token");
  const openFiles = async () =>
    (await service.admin.secrets.isSecure({})).findings.find(({ id }) => id === "open-files")?.summary;
  expect(await openFiles()).toBeUndefined();
  chmodSync(file, 0o640);
  expect(await openFiles()).toBeUndefined();
  for (const mode of [0o644, 0o660]) {
    chmodSync(file, mode);
    expect(await openFiles()).toContain(file);
  }
  chmodSync(file, 0o600);
});

it.runIf(process.env.TEST_STORE === "mongodb")("looks at the server of the database", async () => {
  const { findings } = await service.admin.secrets.isSecure({});
  const server = findings.filter(({ id }) => id.startsWith("database-"));
  // That of the tests is on this machine, has no access control, and is as old as it may be.
  expect(server.map(({ id }) => id)).toContain("database-without-authentication");
  expect(server.map(({ id }) => id)).not.toContain("database-without-tls");
  expect(server.map(({ id }) => id)).not.toContain("database-writes");
});
