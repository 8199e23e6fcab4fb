import { afterEach, beforeEach, expect, test } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import type { Store } from "../../src/store/store.ts";
import { namesOf, startWatch, type Watch } from "../suites/store/contract-watch.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aSecret, nextVersion } from "../support/store/rows.ts";
import { serverWithFailPoint } from "../support/store/server-with-fail-point.ts";

const server = serverWithFailPoint();
let database: string;
let store: Store;

beforeEach(async () => {
  const { name, uri } = server.newDatabase();
  database = name;
  store = await openMongoStore({ uri });
  await begin(store);
});
afterEach(async () => {
  await server.failPoint.off();
  await store.close();
});

/** Errors after which the driver does not resume a change stream by itself. */
const interrupted = 11_601;
const historyLost = 286;

/** Questions of the change stream fail, and no other commands. */
const failStream = (commands: readonly string[], errorCode: number) =>
  server.failPoint.on(commands, { errorCode, namespace: `${database}.history` });

/** Ends the change stream, and keeps it closed until the fail point is set again. */
async function closeStream(): Promise<void> {
  await failStream(["aggregate", "getMore"], interrupted);
  await server.failPoint.hit();
}

const save = (key: string) => store.commitSecrets(aCommit([aSecret(key)]));

/** What a watch reports up to the first version of `key`, or up to its end. */
async function receivedUpTo(watch: Watch, key: string): Promise<readonly string[]> {
  const received: string[] = [];
  for (;;) {
    const [next] = namesOf(await watch.take(1));
    if (next !== undefined) received.push(next);
    if (next === undefined || next === `${key}@1`) return received;
  }
}

/** There is a stream again: its cursor waits for questions, or is being asked. */
async function streamIsOpen(): Promise<boolean> {
  const history = { ns: `${database}.history`, "cursor.tailable": true };
  const stages = [{ $currentOp: { idleCursors: true } }, { $match: history }];
  return (await server.client.db("admin").aggregate(stages).toArray()).length > 0;
}

test("threat 90: what is committed while the stream is closed is reported when it is open again, once and in order", async () => {
  const early = await startWatch(store);
  await save("alice/A");
  expect(await receivedUpTo(early, "alice/A")).toEqual(["alice/A@1"]);
  for (const outage of [1, 2]) {
    await closeStream();
    const late = await startWatch(store);
    const secret = aSecret(`alice/${outage}`);
    await store.commitSecrets(aCommit([secret, aSecret(`bob/${outage}`)]));
    await store.commitSecrets(aCommit([nextVersion(secret)]));
    await server.failPoint.off();
    await expect.poll(streamIsOpen, { timeout: 60_000, interval: 20 }).toBe(true);
    await save(`carol/${outage}`);
    const expected = [`alice/${outage}@1`, `bob/${outage}@1`, `alice/${outage}@2`, `carol/${outage}@1`];
    for (const watch of [early, late]) expect(await receivedUpTo(watch, `carol/${outage}`)).toEqual(expected);
    late.end();
  }
  early.end();
});

test.each([
  ["while it is open", async () => failStream(["getMore"], historyLost)],
  [
    "while it is closed",
    async () => {
      await closeStream();
      await failStream(["aggregate"], historyLost);
    },
  ],
])("watchers start over when the oplog does not reach back to the stream any more, %s", async (_when, lose) => {
  const watches = await Promise.all([startWatch(store), startWatch(store)]);
  await lose();
  for (const watch of watches) {
    await expect(watch.take(1)).rejects.toMatchObject({ name: "WatchPositionError" });
  }
  await server.failPoint.off();
  const again = await startWatch(store);
  await save("alice/A");
  expect(await receivedUpTo(again, "alice/A")).toEqual(["alice/A@1"]);
  again.end();
});
