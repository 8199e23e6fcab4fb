import { expect, test } from "vitest";
import { countLimitedCalls } from "../../src/admission/limited-calls.ts";
import type { AuditRecord } from "../../src/audit/record.ts";
import type { Caller } from "../../src/rules/caller.ts";

const caller = (tenant: string, slug: string): Caller => ({
  tenant,
  slug,
  roles: [],
  admin: false,
  operator: false,
  grants: [],
  tokenId: "tok_1",
  tokenExpireAtMs: 0,
});

test("calls over the limit are one record for each principal between two flushes", async () => {
  const records: AuditRecord[] = [];
  const limited = countLimitedCalls({
    now: () => 60_000,
    record: async (more) => {
      records.push(...more);
    },
  });
  await limited.flush();
  for (const slug of ["alice", "bob", "alice"]) limited.count(caller("default", slug));
  limited.count(caller("other", "alice"));
  await limited.flush();
  await limited.flush();
  expect(records.map(({ tenant, principal, count }) => [tenant, principal, count])).toEqual([
    ["default", "alice", 2],
    ["default", "bob", 1],
    ["other", "alice", 1],
  ]);
  expect(records[0]).toMatchObject({
    timeMs: 60_000,
    action: "call",
    decision: "refused",
    rule: "rate-limited",
    peer: "",
  });
});
