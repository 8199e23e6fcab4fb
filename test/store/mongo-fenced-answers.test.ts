import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createUnknownOutcomes } from "../../src/store/mongo/commit/unknown-outcomes.ts";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import type { SecretEvent } from "../../src/store/secret-events.ts";
import type { Store } from "../../src/store/store.ts";
import { aJournal, type TemporaryJournal } from "../support/store/a-journal.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aRecord, aSecret, aUser, nextVersion, tenant } from "../support/store/rows.ts";
import { serverWithFailPoint } from "../support/store/server-with-fail-point.ts";

const server = serverWithFailPoint();
let name: string;
let journal: TemporaryJournal;
let store: Store;

beforeEach(async () => {
  const database = server.newDatabase();
  ({ name } = database);
  journal = aJournal();
  store = await openMongoStore({ uri: database.uri, journal });
  await begin(store);
});
afterEach(async () => {
  await server.failPoint.off();
  await store.close();
  journal.remove();
});

const waitMs = 20_000;
const first = aSecret("alice/A");
const anIdentityCommit = (expectedRevision: number) => {
  const audit = [aRecord({ action: "user.save" })];
  return { tenant, expectedRevision, users: [aUser("alice")], tokens: [], audit };
};
const save = (secret: typeof first) => store.commitSecrets(aCommit([secret]));
const find = () => store.findSecrets({ tenant, keys: [first.key], visibleTo: "everyone" });

/** As when a majority of the members is gone: from then on there is no proof, and the newest one is too old. */
async function withoutProofs(): Promise<void> {
  await server.failPoint.on(["update"], { errorCode: 2, namespace: `${name}.meta` });
  await vi.waitFor(() => expect(find()).rejects.toMatchObject({ kind: "unavailable" }), waitMs);
}

describe("threat 306: with a journal, nothing is said about stored data without a proof", () => {
  it("that a commit conflicts with what is stored", async () => {
    await save(first);
    await withoutProofs();
    await expect(save(first)).rejects.toMatchObject({ kind: "unavailable" });
    await server.failPoint.off();
    expect(await save(first)).toMatchObject({ status: "stale" });
    // What does not conflict needs none: a majority has to have it.
    await withoutProofs();
    expect(await save(nextVersion(first))).toEqual({ status: "committed" });
  });

  it("that users and tokens changed meanwhile", async () => {
    await store.commitIdentity(anIdentityCommit(0));
    await withoutProofs();
    await expect(store.commitIdentity(anIdentityCommit(0))).rejects.toMatchObject({ kind: "unavailable" });
    await server.failPoint.off();
    expect(await store.commitIdentity(anIdentityCommit(0))).toBe("stale");
  });

  it("that a secret changed, to those that watch", async () => {
    const ending = new AbortController();
    const seen: SecretEvent[] = [];
    const watched = Promise.withResolvers<void>();
    const watching = (async () => {
      for await (const { events } of store.watchSecrets({ tenant, after: "", signal: ending.signal })) {
        seen.push(...events);
        watched.resolve();
      }
    })();
    await watched.promise;
    await withoutProofs();
    await save(first);
    // The fence is what the event waits for: it asks for another proof each time.
    await server.failPoint.on(["update"], { errorCode: 2, namespace: `${name}.meta` });
    await server.failPoint.hit();
    expect(seen).toEqual([]);
    await server.failPoint.off();
    await vi.waitFor(() => expect(seen.map(({ secret }) => secret)).toMatchObject([{ key: first.key }]), waitMs);
    await save(nextVersion(first));
    await vi.waitFor(() => expect(seen.map(({ secret }) => secret.version)).toEqual([1, 2]), waitMs);
    ending.abort();
    await watching;
  });

  it("what became of a commit that was not answered", async () => {
    const changes = server.client.db(name).collection<{ _id: string }>("changes");
    const sent = { operation: "", records: [], content: { wasWritten: async () => false }, moveOn: () => {} };
    const refusing = { read: () => Promise.reject(new Error("no proof")) };
    const refused = createUnknownOutcomes({ changes, fence: refusing, commandMs: 1_000 });
    expect(await refused.findOut(sent)).toBe("unknown");
    const passing = { read: <T>(work: () => Promise<T>) => work() };
    const passed = createUnknownOutcomes({ changes, fence: passing, commandMs: 1_000 });
    expect(await passed.findOut(sent)).toBe("absent");
  });
});

it("threat 306: a read whose connection breaks is sent once more, with a beginning of its own", async () => {
  await save(first);
  const broken = { closeConnection: true, namespace: `${name}.secrets` };
  await server.failPoint.on(["find"], broken, 1);
  expect(await find()).toMatchObject([{ key: first.key }]);
  await server.failPoint.on(["find"], broken, 2);
  await expect(find()).rejects.toMatchObject({ kind: "unavailable" });
});
