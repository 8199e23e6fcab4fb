import { setImmediate } from "node:timers/promises";
import { type CommandStartedEvent, MongoClient } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { createPointReads, type PointRead } from "../../src/store/mongo/read/point-reads.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import type { Store } from "../../src/store/store.ts";
import { createTestDatabase, type TestDatabase } from "../support/mongo/test-database.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aLists, aSecret, nextVersion, tenant } from "../support/store/rows.ts";

let database: TestDatabase;
let client: MongoClient;
let store: Store;
let read: PointRead;
const sent: CommandStartedEvent[] = [];
const secrets = Array.from({ length: 40 }, (_, at) => {
  const lists = aLists({ readers: [at % 2 ? "alice" : "bob"] });
  return aSecret(`a/${at}`, { lists, tenant: at < 30 ? tenant : "other" });
});

beforeAll(async () => {
  database = await createTestDatabase();
  store = await openMongoStore({ uri: database.uri });
  await begin(store);
  await store.commitSecrets(aCommit(secrets.slice(0, 30)));
  await store.commitSecrets(aCommit(secrets.slice(30)));
  client = await MongoClient.connect(database.uri, { monitorCommands: true, readConcern: { level: "majority" } });
  client.on("commandStarted", (event) => {
    if (event.commandName === "find") sent.push(event);
  });
  read = createPointReads(client.db(), 5_000);
});
afterAll(async () => {
  await store.close();
  await client.close();
  await database.drop();
});
beforeEach(() => {
  sent.length = 0;
});

const shownTo = (identity: string) => (secret: StoredSecret) =>
  secret.tenant === tenant && secret.lists.readers.includes(identity) ? secret : undefined;

test("reads of one turn and the same identities share a query, and each gets its own answer", async () => {
  const found = await Promise.all([...secrets, ...secrets].map(({ key }) => read(tenant, key, ["alice"])));
  expect(found).toEqual([...secrets, ...secrets].map(shownTo("alice")));
  expect(sent).toHaveLength(1);
});

test("callers of a tenant share a query, and each sees what its own identities see", async () => {
  const callers = [
    [tenant, ["alice"]],
    [tenant, ["bob"]],
    [tenant, ["alice", "bob"]],
    ["other", ["alice"]],
    ["other", "everyone"],
  ] as const;
  const found = await Promise.all(
    callers.flatMap(([inTenant, visibleTo]) => secrets.map(({ key }) => read(inTenant, key, visibleTo))),
  );
  const expected = callers.flatMap(([inTenant, visibleTo]) =>
    secrets.map((secret) => {
      const isSeen = visibleTo === "everyone" || secret.lists.readers.some((name) => visibleTo.some((n) => n === name));
      return secret.tenant === inTenant && isSeen ? secret : undefined;
    }),
  );
  expect(found).toEqual(expected);
  expect(sent.map(({ command }) => command.hint).sort()).toEqual(["key", "visible_names", "visible_names"]);
});

test("threat 92: a read does not join a query that has been sent: it sees what was acknowledged before it started", async () => {
  let [current] = secrets;
  if (current === undefined) throw new Error("there is a secret");
  for (let round = 0; round < 20; round += 1) {
    const early = read(tenant, current.key, "everyone");
    while (sent.length === 0) await setImmediate();
    const next = nextVersion(current);
    await store.commitSecrets(aCommit([next]));
    const late = await read(tenant, current.key, "everyone");
    expect(late).toEqual(next);
    expect([current.version, next.version]).toContain((await early)?.version);
    expect(sent).toHaveLength(2);
    sent.length = 0;
    current = next;
  }
});

test("a query that fails fails its own reads, and no others", async () => {
  // Under a name of its own, so that the server fails only what this test sends.
  const named = await MongoClient.connect(database.uri, { appName: "point-reads-that-fail" });
  const readNamed = createPointReads(named.db(), 5_000);
  await client.db("admin").command({
    configureFailPoint: "failCommand",
    mode: { times: 1 },
    data: { failCommands: ["find"], errorCode: 50, appName: "point-reads-that-fail" },
  });
  const failing = await Promise.allSettled(["a/0", "a/1", "a/none"].map((key) => readNamed(tenant, key, "everyone")));
  expect(failing.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect((await readNamed(tenant, "a/1", "everyone"))?.key).toBe("a/1");
  await named.close();
});

test("reads whose secrets do not fit into one reply get all of them", async () => {
  const large = Array.from({ length: 20 }, (_, at) =>
    aSecret(`large/${at}`, {
      tenant: "large",
      lists: aLists({ readers: [at % 2 ? "alice" : "bob"] }),
      envelope: new Uint8Array(1_000_000).fill(at),
    }),
  );
  for (const secret of large) await store.commitSecrets(aCommit([secret], { tenant: "large" }));
  const all = await Promise.all(large.map(({ key }) => read("large", key, "everyone")));
  expect(all.map((secret) => secret?.envelope[0])).toEqual(large.map((_, at) => at));
  const callers = [["alice"], ["bob"]] as const;
  const seen = await Promise.all(callers.flatMap((as) => large.map(({ key }) => read("large", key, as))));
  const expected = [1, 0].flatMap((rest) => large.map((_, at) => (at % 2 === rest ? at : undefined)));
  expect(seen.map((secret) => secret?.envelope[0])).toEqual(expected);
});
