import { expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { callOf, startCore } from "../support/secrets/core.ts";
import { aSaveInput } from "../support/secrets/save-inputs.ts";

test("fault A3: a user who has stored too many answers gets no more, and saves without a key go on", async () => {
  const core = await startCore();
  try {
    const alice = callOf({ slug: "alice" });
    const save = (idempotencyKey: string) => {
      const request = { secrets: [aSaveInput("alice/A")], remove: [], validateOnly: false, idempotencyKey };
      return saveSecrets(core.context, alice, request);
    };
    await save("first");
    core.context.quotas.takeAnswer("default", "alice", limits.answersBytes - 2_000);
    const refusal = (async () => {
      for (let at = 0; at < 10; at += 1) await save(`another-${at}`);
    })();
    await expect(refusal).rejects.toMatchObject({
      failures: [{ reason: "QUOTA_EXCEEDED", field: "idempotencyKey", limit: limits.answersBytes }],
    });
    await save("");
    // What was stored is given again.
    expect(await save("first")).toMatchObject([{ outcome: "created" }]);
  } finally {
    await core.close();
  }
});
