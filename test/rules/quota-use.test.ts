import { expect, test } from "vitest";
import { countQuotaUse } from "../../src/rules/quota-use.ts";

interface Row {
  readonly tenant: string;
  readonly slug: string;
  readonly secrets: number;
  readonly bytes: number;
}

const quotas = { userSecrets: 100, userBytes: 1000, tenantSecrets: 200, tenantBytes: 2000 };

/** Counts rows that come in pages, in their order. */
function count(rows: readonly Row[], isClosed?: () => boolean) {
  const store = {
    listUsage: async (after: { readonly tenant: string; readonly slug: string }, limit: number) => {
      const at = rows.findIndex(({ tenant, slug }) => tenant === after.tenant && slug === after.slug);
      return rows.slice(at + 1, at + 1 + limit);
    },
  };
  const source = { of: async () => quotas };
  return countQuotaUse({ store, quotas: source } as unknown as Parameters<typeof countQuotaUse>[0], isClosed);
}

const user = (slug: string, secrets: number, bytes: number): Row => ({ tenant: "t", slug, secrets, bytes });
const none = { "under-half": 0, "over-half": 0, "over-nine-tenths": 0, full: 0 };

test("users and tenants count at the step of the quota of which they use the largest part", async () => {
  const rows = [
    ...[user("a", 0, 0), user("b", 49, 499), user("c", 50, 0), user("d", 0, 500), user("e", 89, 899)],
    ...[user("f", 90, 0), user("g", 0, 900), user("h", 99, 999), user("i", 100, 0), user("j", 1, 1000)],
    user("k", 500, 0),
    user("", 100, 500),
    { ...user("", 10, 1900), tenant: "u" },
  ];
  expect(await count(rows)).toEqual({
    users: { "under-half": 2, "over-half": 3, "over-nine-tenths": 3, full: 3 },
    tenants: { ...none, "over-half": 1, "over-nine-tenths": 1 },
  });
});

test("all pages count, each once", async () => {
  for (const size of [0, 1, 499, 500, 501, 1000, 1201]) {
    const rows = Array.from({ length: size }, (_, at) => user(`u${at}`, 1, 1));
    expect((await count(rows)).users).toEqual({ ...none, "under-half": size });
  }
});

test("a count that is closed ends with what it has", async () => {
  const rows = Array.from({ length: 1201 }, (_, at) => user(`u${at}`, 1, 1));
  let calls = 0;
  const { users } = await count(rows, () => {
    calls += 1;
    return calls > 2;
  });
  expect(users).toEqual({ ...none, "under-half": 1000 });
});
