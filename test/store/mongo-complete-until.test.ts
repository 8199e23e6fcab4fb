import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import type { Store } from "../../src/store/store.ts";
import { aJournal, type TemporaryJournal } from "../support/store/a-journal.ts";
import { aRecord, auditKey, startMs, tenant } from "../support/store/rows.ts";
import { serverWithFailPoint } from "../support/store/server-with-fail-point.ts";

const server = serverWithFailPoint();
const withinMs = 20_000;
const waitMs = 20_000;
const own = "0123456789abcdef";
let name: string;
let uri: string;
let opened: (() => Promise<void>)[];

beforeEach(() => {
  ({ name, uri } = server.newDatabase());
  opened = [];
});
afterEach(async () => {
  await server.failPoint.off();
  for (const close of opened) await close();
});

const processes = () => server.client.db(name).collection<{ _id: string; shippedUntilMs?: unknown }>("processes");

/** A registered process, whose clock is set by the test. */
async function open(journal?: TemporaryJournal, id = own): Promise<{ store: Store; clock: { nowMs: number } }> {
  const store = await openMongoStore({ uri, journal });
  const clock = { nowMs: startMs };
  await store.keepProcess({ id, kids: ["k"] });
  await store.beginAudit({ auditKey, chain: id, startedAtMs: startMs, now: () => clock.nowMs });
  opened.push(async () => {
    await store.close();
    journal?.remove();
  });
  return { store, clock };
}

const noted = async () => (await processes().findOne({ _id: own }))?.shippedUntilMs;

describe("up to when the records of all processes are in the database", () => {
  it("is now, when this process is the only one, or no other one has a journal", async () => {
    const { store } = await open(aJournal());
    await store.appendAccess([aRecord({ action: "secret.read" })]);
    expect(await store.completeUntilMs(startMs + 1, withinMs)).toBe(startMs + 1);
    expect(await store.listAudit({ tenant, limit: 10 })).toHaveLength(1);
    await open(undefined, "another");
    expect(await store.completeUntilMs(startMs + 2, withinMs)).toBe(startMs + 2);
  });

  it("is the earliest time that another one says that was heard of lately", async () => {
    const { store } = await open();
    const seenAt = new Date();
    await processes().insertMany([
      { _id: "a", seenAt, shippedUntilMs: 5_000 },
      { _id: "b", seenAt, shippedUntilMs: 4_000 },
      { _id: "silent", seenAt: new Date(Date.now() - 60_000), shippedUntilMs: 3_000 },
    ] as never[]);
    expect(await store.completeUntilMs(9_000, withinMs)).toBe(4_000);
    // Not later than it was asked for, whatever is written there.
    expect(await store.completeUntilMs(2_000, withinMs)).toBe(2_000);
  });

  it.each(["soon", -1.5, null, Number.NaN])(
    "threat 317: is not made later by a note that is damaged (%s)",
    async (shippedUntilMs) => {
      const { store } = await open();
      await processes().insertOne({ _id: "a", seenAt: new Date(), shippedUntilMs } as never);
      expect(await store.completeUntilMs(9_000, withinMs)).toBe(0);
    },
  );

  it("stands still in the note of a process while its records do not reach the database", async () => {
    const other = await open(undefined, "another");
    const { store, clock } = await open(aJournal());
    // It is there before the first record.
    expect(await noted()).toBe(startMs);
    clock.nowMs += 1_000;
    await vi.waitFor(async () => expect(await noted()).toBe(startMs + 1_000), waitMs);
    await server.failPoint.on(["insert"], { errorCode: 50 });
    await store.appendAccess([aRecord({ action: "secret.read", timeMs: startMs })]);
    clock.nowMs += 1_000;
    // Written again by each heartbeat.
    await processes().updateOne({ _id: own }, { $unset: { shippedUntilMs: "" } });
    await store.keepProcess({ id: own, kids: ["k"] });
    expect(await noted()).toBe(startMs + 1_000);
    await processes().updateOne({ _id: own }, { $unset: { shippedUntilMs: "" } });
    await vi.waitFor(async () => expect(await noted()).toBe(startMs + 1_000), waitMs);
    // What one member has, a majority has a little later.
    const asked = () => other.store.completeUntilMs(startMs + 9_000, withinMs);
    await vi.waitFor(async () => expect(await asked()).toBe(startMs + 1_000), waitMs);
    await server.failPoint.off();
    await vi.waitFor(async () => expect(await noted()).toBe(startMs + 2_000), waitMs);
  });
});
