import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import { startService } from "../support/api/fixture.ts";
import { inMemory } from "../support/api/transports.ts";

test("threat 101: a read is refused in time when its record cannot be stored", async () => {
  const service = await startService(inMemory);
  await service.admin.secrets.saveSecrets({ secrets: [{ key: "A", value: "v" }] });
  const blocker = new DatabaseSync(join(service.dataDir, "audit.db"), { timeout: 5_000 });
  blocker.exec("BEGIN IMMEDIATE");
  try {
    const startMs = performance.now();
    const read = service.admin.secrets.listSecrets({ keys: ["A"] });
    await expectFailure(read, { code: "Unavailable", reason: "AUDIT_UNAVAILABLE" });
    expect(performance.now() - startMs).toBeLessThan(8_000);
  } finally {
    blocker.exec("ROLLBACK");
    blocker.close();
    await service.stop();
  }
}, 30_000);
