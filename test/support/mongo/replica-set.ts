import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Document, MongoClient } from "mongodb";
import { findMongod } from "./find-mongod.ts";
import { freePort } from "./free-port.ts";
import { type MongodOptions, type MongodProcess, startMongod } from "./mongod-process.ts";

/** A real replica set on random ports of 127.0.0.1, with its data in a temporary folder. */
export interface ReplicaSet {
  /** Of all members, without a database: `mongodb://127.0.0.1:1,127.0.0.1:2/?replicaSet=rs0`. */
  readonly uri: string;
  readonly members: readonly MongodProcess[];
  /** Waits until a majority has elected one of the members that run, and returns which. */
  primary(): Promise<MongodProcess>;
  /**
   * Makes the primary step down for `seconds` (10); of one node alone it stays down that long. Resolves when it has.
   */
  stepDown(seconds?: number): Promise<void>;
  /** Ends all members at once and removes the data. */
  stop(): Promise<void>;
}

export interface ReplicaSetOptions {
  readonly members: 1 | 3;
  /** Without a primary for so long, the others elect one. 2 s unless given; MongoDB's own default is 10 s. */
  readonly electionTimeoutMs?: number;
  /**
   * Port under which the member on `port` is known to clients and to the other members, such as that of a proxy in
   * front of it; its own unless given.
   */
  readonly advertise?: (port: number) => Promise<number>;
  /** Stays after `stop`. Without it, a temporary one is made and deleted. */
  readonly folder?: string;
}

const name = "rs0";

/**
 * Starts the members, initiates the set and waits for a primary, and for the others to have its data. The members end
 * when this process does.
 */
export async function startReplicaSet(options: ReplicaSetOptions): Promise<ReplicaSet> {
  const binary = await findMongod();
  const temporaryFolder = options.folder === undefined ? mkdtempSync(join(tmpdir(), "secret-svc-mongo-")) : undefined;
  const folder = temporaryFolder ?? options.folder ?? "";
  const start = (index: number) => startMember({ binary, folder: join(folder, String(index)), temporaryFolder });
  const members = await Promise.all(Array.from({ length: options.members }, (_, index) => start(index)));
  const advertise = options.advertise ?? (async (port) => port);
  const hosts = await Promise.all(members.map(async ({ port }) => `127.0.0.1:${await advertise(port)}`));
  await initiate(members, hosts, options.electionTimeoutMs ?? 2_000);
  const set: ReplicaSet = {
    uri: `mongodb://${hosts.join(",")}/?replicaSet=${name}`,
    members,
    primary: () => waitForPrimary(members),
    stepDown: async (seconds = 10) => {
      const { port } = await waitForPrimary(members);
      await ask(port, { replSetStepDown: seconds, secondaryCatchUpPeriodSecs: 1, force: true });
    },
    stop: async () => {
      await Promise.all(members.filter(({ isRunning }) => isRunning).map((member) => member.kill()));
      if (temporaryFolder !== undefined) rmSync(temporaryFolder, { recursive: true, force: true });
    },
  };
  await waitUntilCopied(members);
  return set;
}

/** A port that was free a moment ago may be taken by now. */
async function startMember(options: Omit<MongodOptions, "port" | "replicaSet">): Promise<MongodProcess> {
  const attempts = 5;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startMongod({ ...options, port: await freePort(), replicaSet: name });
    } catch (error) {
      if (attempt === attempts || !String(error).includes("Address already in use")) throw error;
    }
  }
}

async function initiate(members: readonly MongodProcess[], hosts: readonly string[], electionTimeoutMs: number) {
  const [first] = members;
  if (first === undefined) throw new Error("a replica set has at least one member");
  const configured = hosts.map((host, _id) => ({ _id, host }));
  const heartbeatIntervalMillis = Math.min(electionTimeoutMs / 4, 2_000);
  const settings = { electionTimeoutMillis: electionTimeoutMs, heartbeatIntervalMillis };
  const alreadyInitialized = 23;
  try {
    await ask(first.port, { replSetInitiate: { _id: name, members: configured, settings } });
  } catch (error) {
    if ((error as { code?: number }).code !== alreadyInitialized) throw error;
    // Data of an earlier run: it knows its member under the port of that time.
    const { config } = await ask(first.port, { replSetGetConfig: 1 });
    const moved = { ...config, members: configured, version: config.version + 1 };
    await ask(first.port, { replSetReconfig: moved, force: true });
  }
}

/** One command to one member, whatever its state. Rejects when it does not answer within 2 s. */
async function ask(port: number, command: Document): Promise<Document> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 2_000,
    maxPoolSize: 1,
  });
  try {
    return await client.db("admin").command(command);
  } finally {
    await client.close();
  }
}

/** A member that has not copied the data of the first one, or has not on disk that it has, cannot take its place. */
async function waitUntilCopied(members: readonly MongodProcess[]): Promise<void> {
  const { port } = await waitForPrimary(members);
  await ask(port, { insert: "ready", documents: [{}], writeConcern: { w: members.length, j: true } });
}

async function waitForPrimary(members: readonly MongodProcess[]): Promise<MongodProcess> {
  const pollMs = 50;
  for (;;) {
    const awake = members.filter((member) => member.isRunning && !member.isPaused);
    const answers = await Promise.all(awake.map(async (member) => ({ member, election: await electionOf(member) })));
    // One that has just woken may not know yet that it is no longer the primary.
    const [latest] = answers.sort((left, right) => (left.election < right.election ? 1 : -1));
    if (latest !== undefined && latest.election !== "") return latest.member;
    await delay(pollMs);
  }
}

/** Grows with every election; empty when the member is not the primary. */
async function electionOf({ port }: MongodProcess): Promise<string> {
  try {
    const { isWritablePrimary, electionId } = await ask(port, { hello: 1 });
    return isWritablePrimary === true ? String(electionId) : "";
  } catch {
    return "";
  }
}
