import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { defaultQuotas, limits } from "../../src/limits.ts";
import { expectFailure } from "../support/api/failure.ts";
import { startService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";
import { startWatch } from "../support/api/watch.ts";

test("a resume token that is too old says: start over", async () => {
  const service = await startService(connectJson);
  try {
    const { secrets } = service.admin;
    const watch = await startWatch(service.admin);
    watch.end();
    await secrets.saveSecrets({ secrets: [{ key: "A", value: "1" }] });
    const db = new DatabaseSync(join(service.dataDir, "secrets.db"));
    const keep = () => db.prepare("SELECT count(*) AS retained FROM events").get()?.retained;
    // As many changes later, only with less work.
    db.exec(`UPDATE sqlite_sequence SET seq = seq + ${limits.watchedEvents} WHERE name = 'events'`);
    await secrets.saveSecrets({ secrets: [{ key: "A", value: "2" }] });
    expect(keep()).toBe(1);
    db.close();
    const again = startWatch(service.admin, { resumeToken: watch.token });
    const failure = await expectFailure(again, { code: "OutOfRange", reason: "START_OVER", field: "resumeToken" });
    expect(failure.message).toContain("read everything again");
    const fresh = await startWatch(service.admin);
    await secrets.saveSecrets({ secrets: [{ key: "A", value: "3" }] });
    expect(await fresh.changes(1)).toEqual(["UPDATED A@3"]);
    fresh.end();
  } finally {
    await service.stop();
  }
});

test("more watches of one caller than the limit are refused, and one that ended makes room", async () => {
  const service = await startService(connectJson);
  try {
    const watches = await Promise.all(
      Array.from({ length: defaultQuotas.userWatches }, () => startWatch(service.admin)),
    );
    await expectFailure(startWatch(service.admin), {
      code: "ResourceExhausted",
      reason: "QUOTA_EXCEEDED",
      limit: 100,
      actual: 101,
    });
    watches[0]?.end();
    await expect
      .poll(
        () =>
          startWatch(service.admin).then(
            (watch) => watch.end(),
            () => "refused",
          ),
        { timeout: 5_000 },
      )
      .toBeUndefined();
    for (const watch of watches) watch.end();
  } finally {
    await service.stop();
  }
});
