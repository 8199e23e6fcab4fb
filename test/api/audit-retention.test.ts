import { afterEach, beforeEach, expect, test } from "vitest";
import { dropOldAudit } from "../../src/audit-log/drop-old-audit.ts";
import { type VerificationResult, verifyAudit } from "../../src/audit-log/verify-audit.ts";
import { auditRecord } from "../../src/rules/decision-record.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { callOf, startCore, startMs, type TestCore } from "../support/secrets/core.ts";
import { aSaveInput } from "../support/secrets/save-inputs.ts";

const dayMs = 24 * 3600 * 1000;
const operator = callOf({ slug: "admin", admin: true, operator: true });
let core: TestCore;
beforeEach(async () => {
  core = await startCore();
});
afterEach(() => core.close());

async function verify(head = ""): Promise<VerificationResult> {
  const never = new AbortController().signal;
  for await (const { result } of verifyAudit(core.context, operator, head, never))
    if (result !== undefined) return result;
  throw new Error("the verification ended without a result");
}

const save = (key: string) => {
  const request = { secrets: [aSaveInput(key)], remove: [], validateOnly: false, idempotencyKey: "" };
  return saveSecrets(core.context, operator, request);
};

const read = (key: string) => {
  const entry = { action: "secret.read", decision: "allowed", rule: "admin", key } as const;
  return core.context.accessLog.record([auditRecord(operator, core.context.now(), entry)]);
};

async function retainedKeys(): Promise<string[]> {
  const records = await core.context.store.listAudit({ tenant: "default", limit: 1000 });
  return records
    .filter(({ key }) => key !== "")
    .map(({ action, key }) => `${action} ${key}`)
    .sort();
}

test("audit records are dropped by age, in every chain, and what is left verifies from signed checkpoints", async () => {
  await save("OLD");
  await read("OLD");
  const { head } = await verify();
  core.clock.nowMs = startMs + 20 * dayMs;
  await save("NEW");
  await read("NEW");
  // A clock that was set back: what follows a young record stays with it.
  core.clock.nowMs = startMs + dayMs;
  await read("BACK");
  core.clock.nowMs = startMs + 31 * dayMs;
  const dropped = await dropOldAudit(core.context, 30 * dayMs);
  expect(dropped.problems).toEqual([]);
  expect(dropped.records).toBeGreaterThanOrEqual(2);
  expect(await retainedKeys()).toEqual(["secret.read BACK", "secret.read NEW", "secret.save NEW"]);
  expect(await verify()).toMatchObject({ problems: [] });
  expect(await verify(head)).toMatchObject({ problems: [] });
  const [record] = await core.context.store.listAudit({ tenant: "default", actions: ["audit.drop"], limit: 10 });
  expect(record).toMatchObject({ count: dropped.records, rule: "retention", principal: "" });

  expect(await dropOldAudit(core.context, 30 * dayMs)).toEqual({ records: 0, problems: [] });
  core.clock.nowMs = startMs + 100 * dayMs;
  await dropOldAudit(core.context, 30 * dayMs);
  expect(await retainedKeys()).toEqual([]);
  await read("LATER");
  await save("LATER");
  expect(await verify(head)).toMatchObject({ problems: [] });
});

test("threat 102: a bad record stops the dropping of its chain: no checkpoint makes it good", async () => {
  await read("A");
  await read("B");
  await read("C");
  const { store, auditKey } = core.context;
  const tampered = {
    ...store,
    readAudit: async (...page: Parameters<typeof store.readAudit>) => {
      const { records, next } = await store.readAudit(...page);
      return { records: records.map((each) => (each.key === "B" ? { ...each, principal: "mallory" } : each)), next };
    },
  };
  core.clock.nowMs = startMs + 100 * dayMs;
  const context = { ...core.context, store: tampered, auditKey };
  const { problems } = await dropOldAudit(context, 30 * dayMs);
  expect(problems).toMatchObject([{ kind: "edited" }]);
  expect(await retainedKeys()).toEqual(["secret.read B", "secret.read C"]);
});
