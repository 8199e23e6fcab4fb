import { describe, expect, test } from "vitest";
import { countFailedAuthentications } from "../../src/admission/failed-authentication.ts";
import type { AuditRecord } from "../../src/audit/record.ts";

function counted() {
  const records: AuditRecord[] = [];
  const failures = countFailedAuthentications({
    now: () => 60_000,
    record: async (more) => {
      records.push(...more);
    },
  });
  return { failures, records };
}

describe("refused credentials", () => {
  test("are one record for each address between two flushes", async () => {
    const { failures, records } = counted();
    for (const peer of ["192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.1"]) failures.count(peer);
    await failures.flush();
    expect(failures.total).toBe(4);
    expect(records.map(({ peer, count }) => [peer, count])).toEqual([
      ["192.0.2.1", 3],
      ["192.0.2.2", 1],
    ]);
    expect(records[0]).toMatchObject({
      timeMs: 60_000,
      tenant: "default",
      principal: "",
      action: "authenticate",
      decision: "denied",
      rule: "unauthenticated",
    });
  });

  test("start anew after a flush, which records nothing when there is nothing", async () => {
    const { failures, records } = counted();
    await failures.flush();
    failures.count("192.0.2.1");
    await failures.flush();
    await failures.flush();
    failures.count("192.0.2.1");
    await failures.flush();
    expect(records.map(({ count }) => count)).toEqual([1, 1]);
    expect(failures.total).toBe(2);
  });

  test("fault A3: all addresses of one host in IPv6 are one record", async () => {
    const { failures, records } = counted();
    for (let i = 0; i < 1_000; i += 1) failures.count(`2001:db8::${i.toString(16)}`);
    await failures.flush();
    expect(records.map(({ peer, count }) => [peer, count])).toEqual([["2001:db8:0:0::/64", 1_000]]);
  });

  test("threat 88: a flood from everywhere takes neither memory nor log", async () => {
    const { failures, records } = counted();
    for (let i = 0; i < 50_000; i += 1) failures.count(`2001:db8:0:${i.toString(16)}::1`);
    failures.count("2001:db8::0");
    await failures.flush();
    expect(failures.total).toBe(50_001);
    expect(records).toHaveLength(101);
    expect(records.reduce((sum, { count }) => sum + count, 0)).toBe(50_001);
    expect(records.find(({ peer }) => peer === "other addresses")?.count).toBe(49_900);
    expect(records.find(({ peer }) => peer === "2001:db8:0:0::/64")?.count).toBe(2);
  });
});
