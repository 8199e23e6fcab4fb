import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { expect, onTestFinished, test } from "vitest";
import type { WatchSecretsResponse } from "../../gen/secret/v1/secret_service_pb.ts";
import { followSecrets } from "../../src/cli/run/follow-secrets.ts";
import { type Api, apiOf } from "../support/api/fixture.ts";
import { sendToken } from "../support/api/in-memory-transport.ts";
import { changeText } from "../support/api/watch.ts";
import { type Cluster, type Database, startCluster } from "../support/failure/cluster.ts";
import { createRandom, type Random } from "../support/failure/random.ts";
import type { Endpoint } from "../support/failure/session.ts";
import type { MongodProcess } from "../support/mongo/mongod-process.ts";

/** Takes the primary away until another member is elected, and gives it back. */
type Failover = (database: Database, primary: MongodProcess, another: () => Promise<void>) => Promise<void>;

const failovers: readonly Failover[] = [
  async ({ set }, _, another) => {
    await set.stepDown(2);
    await another();
  },
  async (_, primary, another) => {
    await primary.kill();
    await another();
    await primary.start();
  },
  async (_, primary, another) => {
    primary.pause();
    await another();
    primary.resume();
  },
  // Services that have not heard of the election go on writing to it what will be rolled back.
  async ({ set, proxies }, primary, another) => {
    const proxy = proxies[set.members.indexOf(primary)];
    proxy?.setFault({ kind: "cut", whose: "members" });
    await another();
    proxy?.setFault(undefined);
  },
];

const keys = ["a/KEY", "b/KEY", "c/KEY"];
const lastKey = "z/LAST";
/** Between two failovers: enough for each key to be shown, hidden and shown again. */
const savesBetween = 12;
const pollMs = 20;
/** What a write may end with while there is no primary. */
const passing: readonly Code[] = [Code.Unavailable, Code.Unknown, Code.Aborted, Code.DeadlineExceeded];

/** The reader sees versions 1, 2, 5, 6, 9 and so on: two in a row, and two not. */
const isOpen = (version: number) => version > 0 && version % 4 !== 3 && version % 4 !== 0;

/** What a watcher must receive for a key with so many versions, who sees those of which `isSeen` holds. */
function expectedChanges(key: string, versions: number, isSeen: (version: number) => boolean): string[] {
  return Array.from({ length: versions }, (_, before) => before + 1).flatMap((version) => {
    if (isSeen(version)) return `${isSeen(version - 1) ? "UPDATED" : "APPEARED"} ${key}@${version}`;
    return isSeen(version - 1) ? `GONE ${key}` : [];
  });
}

function connect({ url }: Endpoint, token: string): Api {
  const transport = createConnectTransport({ baseUrl: url, httpVersion: "1.1", interceptors: [sendToken(token)] });
  return apiOf(transport, token);
}

/** What one watcher received. */
interface Received {
  readonly changes: string[];
  /** Errors that a client would not take for passing ones. */
  readonly failures: string[];
  seesLast: boolean;
}

const nothingReceived = (): Received => ({ changes: [], failures: [], seesLast: false });

function take(received: Received, message: WatchSecretsResponse): void {
  if (message.change === undefined) return;
  if (message.change.key === lastKey) received.seesLast = true;
  else received.changes.push(changeText(message));
}

/** Watches as the documents describe: after each break with the last token, here each time at the other service. */
async function watchAnywhere(cluster: Cluster, token: string, resumeToken: string, received: Received): Promise<void> {
  let last = resumeToken;
  let messages = 0;
  for (let attempt = 0; !received.seesLast; attempt += 1) {
    const service = cluster.services[attempt % cluster.services.length] ?? cluster.services[0];
    try {
      const options = { timeoutMs: 0 };
      const request = { resumeToken: last, heartbeatSeconds: 1 };
      for await (const message of connect(service, token).secrets.watchSecrets(request, options)) {
        last = message.resumeToken;
        take(received, message);
        messages += 1;
        // It also breaks off by itself, to come back in the middle of whatever goes on.
        if (received.seesLast || messages % 25 === 0) break;
      }
    } catch (error) {
      const { code, rawMessage } = ConnectError.from(error);
      if (code !== Code.Unavailable) received.failures.push(`${Code[code]}: ${rawMessage}`);
      await delay(pollMs);
    }
  }
}

/** Saves a version at any service, under one idempotency key until it is acknowledged. */
async function saveVersion(cluster: Cluster, random: Random, key: string, version: number): Promise<void> {
  const lists = isOpen(version) ? { readers: ["reader"] } : { clear: ["readers"] };
  const secrets = [{ key, value: String(version), ifVersion: version - 1, ...lists }];
  const request = { secrets, idempotencyKey: `${key}@${version}` };
  for (;;) {
    try {
      await connect(random.pick(cluster.services), cluster.adminToken).secrets.saveSecrets(request, {
        timeoutMs: 5_000,
      });
      return;
    } catch (error) {
      if (!passing.includes(ConnectError.from(error).code)) throw error;
      await delay(pollMs);
    }
  }
}

/** Saves version after version of each key until the signal. Answers the versions reached. */
async function write(cluster: Cluster, random: Random, isOver: () => boolean, onSaved: () => void) {
  const reached = new Map<string, number>();
  while (!isOver()) {
    for (const key of keys) {
      const version = (reached.get(key) ?? 0) + 1;
      await saveVersion(cluster, random, key, version);
      reached.set(key, version);
      onSaved();
    }
  }
  return reached;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(pollMs);
}

test("threat 90, 92: watchers miss nothing, and see nothing that is not theirs, while one primary follows another", async () => {
  const cluster = await startCluster("mongodb");
  onTestFinished(() => cluster.stop());
  const random = createRandom(randomBytes(4).toString("hex"));
  const {
    database,
    services: [first],
  } = cluster;
  if (database === undefined) throw new Error("there is a database");
  const admin = connect(first, cluster.adminToken);
  await admin.identity.saveUsers({ users: [{ slug: "reader" }] });
  const { secret: readerToken } = await admin.identity.createToken({ slug: "reader" });

  const start = async (token: string) => {
    for await (const { resumeToken } of connect(first, token).secrets.watchSecrets({})) return resumeToken;
    throw new Error("the watch ended");
  };
  const [ofOwner, ofReader, ofClient] = [nothingReceived(), nothingReceived(), nothingReceived()];
  const ending = new AbortController();
  const following = followSecrets(
    { ...admin, credentials: undefined },
    {
      namespace: "",
      keys: [],
      keyPattern: "",
      resumeToken: await start(cluster.adminToken),
      signal: ending.signal,
      onChange: (change, resumeToken) => take(ofClient, { change, resumeToken } as WatchSecretsResponse),
      onMissed: () => void ofClient.failures.push("missed"),
    },
  );
  const watching = Promise.all([
    watchAnywhere(cluster, cluster.adminToken, await start(cluster.adminToken), ofOwner),
    watchAnywhere(cluster, readerToken, await start(readerToken), ofReader),
  ]);

  let saved = 0;
  let isOver = false;
  const writing = write(
    cluster,
    random,
    () => isOver,
    () => {
      saved += 1;
    },
  );
  for (const failOver of failovers) {
    const primary = await database.set.primary();
    await failOver(database, primary, async () => {
      while ((await database.set.primary()) === primary) await delay(pollMs);
    });
    const before = saved;
    await Promise.race([until(() => saved >= before + savesBetween), writing]);
  }
  isOver = true;
  const reached = await writing;
  await saveVersion(cluster, random, lastKey, 1);
  await watching;
  await until(() => ofClient.seesLast);
  ending.abort();
  await following;

  for (const [key, versions] of reached) {
    const of = ({ changes }: Received) => changes.filter((text) => text.includes(key));
    const all = expectedChanges(key, versions, (version) => version > 0);
    expect(of(ofOwner)).toEqual(all);
    expect(of(ofClient)).toEqual(all);
    expect(of(ofReader)).toEqual(expectedChanges(key, versions, isOpen));
  }
  for (const { failures } of [ofOwner, ofReader, ofClient]) expect(failures).toEqual([]);
}, 60_000);
