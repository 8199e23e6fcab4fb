import { afterEach, beforeEach, expect, it } from "vitest";
import { startService, type TestService } from "../support/api/fixture.ts";
import { inMemory } from "../support/api/transports.ts";
import { startWatch } from "../support/api/watch.ts";
import { editorOf } from "../support/hostile/edit-rows.ts";

let service: TestService;

beforeEach(async () => {
  service = await startService(inMemory);
});
afterEach(() => service.stop());

it.each([true, false])("fault B5: a forged event is sent to no one and reported (with a MAC: %s)", async (withMac) => {
  const mallory = await service.addUser("mallory");
  const save = (key: string, readers: string[]) =>
    service.admin.secrets.saveSecrets({ secrets: [{ key, value: "v", readers }] });
  const watch = await startWatch(mallory);
  await save("prod/A", ["bob"]);
  await editorOf(service).forgeEvent("prod/A", withMac);
  // Both stores send events in their order, so the forged one has been passed when this one arrives.
  await save("prod/B", ["mallory"]);
  expect(await watch.changes(1)).toEqual(["APPEARED prod/B@1"]);
  watch.end();
  const events = (await service.auditEvents()).filter(({ action }) => action === "integrity.event");
  expect(events).toMatchObject([{ key: "prod/A", rule: "integrity", filter: "edited" }]);
  expect((await service.admin.secrets.isSecure({})).findings[0]?.summary).toContain("an event about prod/A");
});

it("fault B5: a watch that resumes gets its events, and none that was changed meanwhile", async () => {
  const bob = await service.addUser("bob");
  const first = await startWatch(bob);
  first.end();
  for (const key of ["prod/A", "prod/B"]) {
    await service.admin.secrets.saveSecrets({ secrets: [{ key, value: "v", readers: ["bob"] }] });
    await service.admin.secrets.saveSecrets({ secrets: [{ key, metadata: { a: "b" } }] });
  }
  const resumed = await startWatch(bob, { resumeToken: first.token });
  expect(await resumed.changes(4)).toEqual([
    "APPEARED prod/A@1",
    "UPDATED prod/A@2",
    "APPEARED prod/B@1",
    "UPDATED prod/B@2",
  ]);
  resumed.end();
  expect((await service.auditEvents()).filter(({ action }) => action === "integrity.event")).toEqual([]);
});
