import { afterAll, beforeAll, expect, it } from "vitest";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { failureOf } from "../support/api/failure.ts";
import { startService, type TestService } from "../support/api/fixture.ts";
import { readOne, saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

const hourMs = 3_600_000;

let service: TestService;

beforeAll(async () => {
  service = await startService(connectJson);
});
afterAll(() => service.stop());

it.each([
  ["an hour back", -hourMs],
  ["an hour ahead", hourMs],
  ["to where it is", 0],
])("threat 103: when the clock steps %s, versions say what came after what", async (_name, stepMs) => {
  const key = `clock/step-${stepMs}`;
  await saveOne(service.admin, { key, value: "first" });
  service.clock.step(stepMs);
  const { results } = await service.admin.secrets.saveSecrets({ secrets: [{ key, value: "second", ifVersion: 1 }] });
  expect(results[0]).toMatchObject({ outcome: SaveOutcome.UPDATED, version: 2 });
  expect(await readOne(service.admin, key)).toMatchObject({ value: "second", version: 2 });
  const { versions } = await service.admin.secrets.listVersions({ key });
  expect(versions.map(({ secret }) => secret?.version)).toEqual([2, 1]);
  service.clock.step(-stepMs);
});

it("threat 103: a clock that steps back does not revive a revoked token, nor lengthen a life beyond its end", async () => {
  const { token: made, secret } = await service.admin.identity.createToken({ slug: "admin", ttl: { seconds: 3600n } });
  const api = service.as(secret);
  expect((await api.identity.whoAmI({})).slug).toBe("admin");
  service.clock.advance(hourMs + 1000);
  expect((await failureOf(api.identity.whoAmI({}))).code).toBe("Unauthenticated");
  service.clock.step(-2 * hourMs);
  await service.admin.identity.revokeToken({ id: made?.id ?? "" });
  service.clock.advance(2000);
  expect((await failureOf(api.identity.whoAmI({}))).code).toBe("Unauthenticated");
});

it("threat 103: the audit log keeps its order by position while the clock steps back", async () => {
  await saveOne(service.admin, { key: "clock/audit", value: "1" });
  service.clock.step(-hourMs);
  await saveOne(service.admin, { key: "clock/audit", value: "2" });
  service.clock.step(hourMs);
  for await (const progress of service.admin.audit.verifyAudit({})) {
    if (progress.done) expect(progress).toMatchObject({ problems: [], chains: 2 });
  }
});
