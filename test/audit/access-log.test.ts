import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  type AccessLog,
  type AccessLogOptions,
  AuditUnavailableError,
  createAccessLog,
} from "../../src/audit/access-log.ts";
import type { AuditRecord } from "../../src/audit/record.ts";
import { aRecord } from "../support/audit/record.ts";

/** An append whose ends the test decides. */
function heldAppend() {
  const calls: { records: readonly AuditRecord[]; resolve(): void; reject(error: Error): void }[] = [];
  const append = (records: readonly AuditRecord[]) =>
    new Promise<void>((resolve, reject) => calls.push({ records, resolve, reject }));
  return { calls, append };
}

const unsettled = new Set<Promise<void>>();

/** An access log that notes which of its promises are not settled. */
function createLog(options: AccessLogOptions): AccessLog {
  const log = createAccessLog(options);
  const record = (records: readonly AuditRecord[]) => {
    const recorded = log.record(records);
    unsettled.add(recorded);
    const settled = () => void unsettled.delete(recorded);
    recorded.then(settled, settled);
    return recorded;
  };
  return Object.assign(Object.create(log), { record });
}

/** Long enough for what was recorded to be handed over. */
async function turns(count = 6): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** From now on waits end when the test says so: on a busy machine short ones end before anything else happens. */
function holdTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

const unavailable = expect.any(AuditUnavailableError);
const timesOf = (count: number) => Array.from({ length: count }, () => aRecord());

describe("threat 101: the access log", () => {
  test("resolves once the records are stored, and not before", async () => {
    const { calls, append } = heldAppend();
    const log = createLog({ append });
    let stored = false;
    const recorded = log.record([aRecord()]).then(() => {
      stored = true;
    });
    await turns();
    expect(stored).toBe(false);
    expect(calls.map(({ records }) => records)).toEqual([[aRecord()]]);
    calls[0]?.resolve();
    await recorded;
    expect(log.healthy).toBe(true);
  });

  test("has nothing to wait for without records", async () => {
    const { calls, append } = heldAppend();
    await createLog({ append }).record([]);
    await turns();
    expect(calls).toEqual([]);
  });

  test("gives up on an append that never returns, after the wait and not twice that", async () => {
    holdTimers();
    const { append } = heldAppend();
    const log = createLog({ append, waitMs: 400 });
    const ended: string[] = [];
    const ends = (name: string) => (error: unknown) => {
      expect(error).toEqual(unavailable);
      ended.push(name);
    };
    const first = log.record([aRecord()]).catch(ends("first"));
    await turns(1);
    await vi.advanceTimersByTimeAsync(300);
    const second = log.record([aRecord()]).catch(ends("second"));
    await vi.advanceTimersByTimeAsync(99);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await first;
    await vi.advanceTimersByTimeAsync(300);
    await second;
    expect(ended).toEqual(["first", "second"]);
    expect(log.healthy).toBe(false);
  });

  test("fails with the append, without quoting its error, and is healthy again after the next success", async () => {
    const { calls, append } = heldAppend();
    const log = createLog({ append });
    const failing = log.record([aRecord()]);
    const cause = new Error("disk full at canary");
    await turns();
    calls[0]?.reject(cause);
    const error = await failing.catch((caught: unknown) => caught);
    expect(error).toEqual(unavailable);
    expect(error).toMatchObject({ message: "the audit log is not available", cause });
    expect(log.healthy).toBe(false);
    const succeeding = log.record([aRecord()]);
    await turns();
    calls[1]?.resolve();
    await succeeding;
    expect(log.healthy).toBe(true);
  });

  test("counts an outage that a late append ends, so that its end is recorded", async () => {
    holdTimers();
    const { calls, append } = heldAppend();
    const log = createLog({ append, waitMs: 400 });
    const late = log.record([aRecord()]).catch((error: unknown) => error);
    await turns();
    await vi.advanceTimersByTimeAsync(400);
    expect(await late).toEqual(unavailable);
    expect(log).toMatchObject({ healthy: false, outages: 1 });
    calls[0]?.resolve();
    await turns();
    expect(log).toMatchObject({ healthy: true, outages: 1 });
  });

  test("refuses at once what would be too much to keep waiting, and takes more when there is room", async () => {
    const { calls, append } = heldAppend();
    const log = createLog({ append, pendingMax: 5 });
    const waiting = log.record(timesOf(4));
    await expect(log.record(timesOf(2))).rejects.toEqual(unavailable);
    await turns();
    expect(calls).toHaveLength(1);
    const last = log.record(timesOf(1));
    calls[0]?.resolve();
    await waiting;
    await turns();
    calls[1]?.resolve();
    await last;
    const again = log.record(timesOf(5));
    await turns();
    calls[2]?.resolve();
    await again;
    expect(log.healthy).toBe(true);
  });

  test("fault E3: is not healthy right after it refused something for lack of room, and is after the next success", async () => {
    const { calls, append } = heldAppend();
    const log = createLog({ append, pendingMax: 2 });
    const waiting = log.record(timesOf(2));
    expect(log.healthy).toBe(true);
    await expect(log.record(timesOf(1))).rejects.toEqual(unavailable);
    expect(log.healthy).toBe(false);
    await turns();
    expect(log.healthy).toBe(false);
    calls[0]?.resolve();
    await waiting;
    expect(log.healthy).toBe(true);
  });

  test("counts what is stuck as waiting although its caller has given up: memory stays bounded", async () => {
    holdTimers();
    const { calls, append } = heldAppend();
    const log = createLog({ append, pendingMax: 2, waitMs: 10 });
    const stuck = expect(log.record(timesOf(2))).rejects.toEqual(unavailable);
    await turns();
    await vi.advanceTimersByTimeAsync(10);
    await stuck;
    await expect(log.record(timesOf(1))).rejects.toEqual(unavailable);
    expect(calls).toHaveLength(1);
    calls[0]?.resolve();
    await turns();
    const after = log.record(timesOf(1));
    await turns();
    calls[1]?.resolve();
    await after;
  });

  test("puts what is recorded while an append is under way into the next one", async () => {
    const { calls, append } = heldAppend();
    const log = createLog({ append });
    const first = log.record(timesOf(1));
    await turns();
    const later = [log.record(timesOf(2)), log.record(timesOf(3))];
    await turns();
    expect(calls.map(({ records }) => records.length)).toEqual([1]);
    calls[0]?.resolve();
    await first;
    await turns();
    expect(calls.map(({ records }) => records.length)).toEqual([1, 5]);
    calls[1]?.resolve();
    await Promise.all(later);
  });

  test("does not wait for more records when it may wait no turns", async () => {
    const { calls, append } = heldAppend();
    const log = createLog({ append, turnsMax: 0 });
    const first = log.record(timesOf(1));
    const later = new Promise((resolve) => setImmediate(() => resolve(log.record(timesOf(2)))));
    await turns();
    expect(calls.map(({ records }) => records.length)).toEqual([1]);
    calls[0]?.resolve();
    await first;
    await turns();
    calls[1]?.resolve();
    await later;
  });

  test("hands over a second large batch while one is under way, if it may, and never a small one", async () => {
    const { calls, append } = heldAppend();
    const log = createLog({ append, atOnce: 2 });
    const first = log.record(timesOf(1));
    await turns();
    const second = [log.record(timesOf(3))];
    await turns();
    expect(calls.map(({ records }) => records.length)).toEqual([1]);
    second.push(log.record(timesOf(10)));
    expect(calls.map(({ records }) => records.length)).toEqual([1, 13]);
    const later = [log.record(timesOf(20)), log.record(timesOf(4))];
    await turns();
    expect(calls.map(({ records }) => records.length)).toEqual([1, 13]);
    calls[1]?.resolve();
    await Promise.all(second);
    expect(calls.map(({ records }) => records.length)).toEqual([1, 13, 24]);
    calls[2]?.reject(new Error("disk full"));
    expect(await Promise.allSettled(later)).toMatchObject([{ status: "rejected" }, { status: "rejected" }]);
    expect(log.healthy).toBe(false);
    calls[0]?.resolve();
    await first;
    expect(log.healthy).toBe(true);
    expect(log.pending).toBe(0);
  });

  test("waits a few turns of the event loop for more, and not for ever", async () => {
    const { calls, append } = heldAppend();
    const log = createLog({ append });
    const recorded: Promise<void>[] = [];
    for (let turn = 0; turn < 12 && calls.length === 0; turn += 1) {
      recorded.push(log.record(timesOf(1)));
      await turns(1);
    }
    expect(calls).toHaveLength(1);
    expect(calls[0]?.records.length).toBeGreaterThan(1);
    expect(calls[0]?.records.length).toBeLessThan(8);
    calls[0]?.resolve();
    await turns();
    calls[1]?.resolve();
    await Promise.all(recorded);
  });

  test("never hands over what its callers have given up on", async () => {
    holdTimers();
    const { calls, append } = heldAppend();
    const log = createLog({ append, waitMs: 10 });
    const stuck = expect(log.record(timesOf(1))).rejects.toEqual(unavailable);
    await turns();
    const given = expect(log.record(timesOf(2))).rejects.toEqual(unavailable);
    await vi.advanceTimersByTimeAsync(10);
    await stuck;
    await given;
    calls[0]?.resolve();
    await turns();
    expect(calls).toHaveLength(1);
  });
});

test("fault E11: the tests above leave no batch behind, which would fail later, in another file of the same process", async () => {
  await turns();
  expect(unsettled.size).toBe(0);
});
