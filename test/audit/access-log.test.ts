import { describe, expect, test } from "vitest";
import { AuditUnavailableError, createAccessLog } from "../../src/audit/access-log.ts";
import type { AuditRecord } from "../../src/audit/record.ts";
import { aRecord } from "./record.ts";

/** An append whose ends the test decides. */
function heldAppend() {
  const calls: { records: readonly AuditRecord[]; resolve(): void; reject(error: Error): void }[] = [];
  const append = (records: readonly AuditRecord[]) =>
    new Promise<void>((resolve, reject) => calls.push({ records, resolve, reject }));
  return { calls, append };
}

const unavailable = expect.any(AuditUnavailableError);
const timesOf = (count: number) => Array.from({ length: count }, () => aRecord());

describe("threat 101: the access log", () => {
  test("resolves once the records are stored, and not before", async () => {
    const { calls, append } = heldAppend();
    const log = createAccessLog({ append });
    let stored = false;
    const recorded = log.record([aRecord()]).then(() => {
      stored = true;
    });
    await Promise.resolve();
    expect(stored).toBe(false);
    expect(calls.map(({ records }) => records)).toEqual([[aRecord()]]);
    calls[0]?.resolve();
    await recorded;
    expect(log.healthy).toBe(true);
  });

  test("has nothing to wait for without records", async () => {
    const { calls, append } = heldAppend();
    await createAccessLog({ append }).record([]);
    expect(calls).toEqual([]);
  });

  test("gives up on an append that never returns, after the wait and not twice that", async () => {
    const { append } = heldAppend();
    const log = createAccessLog({ append, waitMs: 400 });
    const start = performance.now();
    const first = expect(log.record([aRecord()])).rejects.toEqual(unavailable);
    await new Promise((resolve) => setImmediate(resolve));
    const second = expect(log.record([aRecord()])).rejects.toEqual(unavailable);
    await first;
    expect(performance.now() - start).toBeGreaterThanOrEqual(399);
    await second;
    expect(performance.now() - start).toBeLessThan(780);
    expect(log.healthy).toBe(false);
  });

  test("fails with the append, without quoting its error, and is healthy again after the next success", async () => {
    const { calls, append } = heldAppend();
    const log = createAccessLog({ append });
    const failing = log.record([aRecord()]);
    const cause = new Error("disk full at canary");
    calls[0]?.reject(cause);
    const error = await failing.catch((caught: unknown) => caught);
    expect(error).toEqual(unavailable);
    expect(error).toMatchObject({ message: "the audit log is not available", cause });
    expect(log.healthy).toBe(false);
    const succeeding = log.record([aRecord()]);
    calls[1]?.resolve();
    await succeeding;
    expect(log.healthy).toBe(true);
  });

  test("refuses at once what would be too much to keep waiting, and takes more when there is room", async () => {
    const { calls, append } = heldAppend();
    const log = createAccessLog({ append, pendingMax: 5 });
    const waiting = log.record(timesOf(4));
    await expect(log.record(timesOf(2))).rejects.toEqual(unavailable);
    expect(calls).toHaveLength(1);
    const last = log.record(timesOf(1));
    calls[0]?.resolve();
    calls[1]?.resolve();
    await Promise.all([waiting, last]);
    const again = log.record(timesOf(5));
    calls[2]?.resolve();
    await again;
    expect(log.healthy).toBe(true);
  });

  test("counts what is stuck as waiting although its caller has given up: memory stays bounded", async () => {
    const { calls, append } = heldAppend();
    const log = createAccessLog({ append, pendingMax: 2, waitMs: 10 });
    await expect(log.record(timesOf(2))).rejects.toEqual(unavailable);
    await expect(log.record(timesOf(1))).rejects.toEqual(unavailable);
    expect(calls).toHaveLength(1);
    calls[0]?.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    const after = log.record(timesOf(1));
    calls[1]?.resolve();
    await after;
  });
});
