import { afterEach, beforeEach, expect, it } from "vitest";
import { purgeRemoved } from "../../src/secrets/purge-removed.ts";
import { keyTexts, type Restarts, startRestarts } from "../support/api/restarts.ts";
import { saveOne } from "../support/api/secret-calls.ts";

const dayMs = 24 * 3600 * 1000;
const [key] = keyTexts;

let restarts: Restarts;
beforeEach(async () => {
  restarts = await startRestarts();
});
afterEach(() => restarts.dispose());

/** What a process does by itself from time to time. */
async function purge(): Promise<number> {
  const core = await restarts.open([key]);
  const purged = await purgeRemoved(core.context);
  await core.close();
  return purged;
}

it("purges what was removed 30 days ago, with its versions, and records it", async () => {
  const first = await restarts.start(key);
  await saveOne(first.admin, { key: "app/OLD", value: "v" });
  await saveOne(first.admin, { key: "app/YOUNG", value: "v" });
  await saveOne(first.admin, { key: "app/LIVE", value: "v" });
  await first.admin.secrets.removeSecrets({ key: "app/OLD" });
  restarts.clock.advance(dayMs);
  await first.admin.secrets.removeSecrets({ key: "app/YOUNG" });
  await first.close();
  restarts.clock.advance(29 * dayMs - 1);
  expect(await purge()).toBe(0);
  restarts.clock.advance(1);
  // A process does it when it starts; a second time there is nothing left.
  const core = await restarts.open([key]);
  await core.close();
  expect(await purge()).toBe(0);
  const second = await restarts.start(key);
  const store = await second.admin.secrets.listSecrets({ keys: ["app/OLD", "app/YOUNG", "app/LIVE"] });
  expect(store.secrets.map((secret) => secret.key)).toEqual(["app/LIVE"]);
  const { events } = await second.admin.audit.listAuditEvents({ action: "secret.purge" });
  expect(events).toMatchObject([{ key: "app/OLD", version: 2, principal: "", rule: "undelete-window", decision: 1 }]);
  expect((await saveOne(second.admin, { key: "app/OLD", value: "anew" })).version).toBe(1);
  expect((await second.admin.secrets.restoreVersion({ key: "app/YOUNG", version: 1 })).result?.version).toBe(3);
  await second.close();
});
