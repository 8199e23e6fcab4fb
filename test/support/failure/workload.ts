import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "./random.ts";
import { type Client, type Register, read, type Session, write } from "./session.ts";

const single = (name: string): Register => ({ name, keys: [name] });
const batch = (name: string): Register => {
  return { name, keys: [`${name}/ONE`, ...["TWO", "THREE", "FOUR"].map((key) => `${name}/${key}`)] as [string] };
};

/** Two writers each, who read a version and write on it. */
const contended = ["contended/ONE", "contended/TWO", "contended/THREE"].map(single);
/** Two writers, who write whatever is there, and ask again under the same idempotency key when they got no answer. */
const repeated = ["repeated/ONE", "repeated/TWO"].map(single);
/** Two writers each, who save all of it or remove all of it. */
const batches = ["batch-a", "batch-b"].map(batch);
/** One writer each, who removes it and makes it again. */
const flipping = ["flipping/ONE", "flipping/TWO"].map(single);
/** One writer each, who lets the reader in and out and leaves the value as it is. */
const revocable = ["revocable/ONE", "revocable/TWO"].map(single);

export const registers: readonly Register[] = [...contended, ...repeated, ...batches, ...flipping, ...revocable];

/** Each client waits up to so long between two calls, so that a long run has a history that can be looked through. */
interface Pace {
  readonly pauseMs: number;
}

/** Starts 18 writers and 5 readers, who go on until the session is over. Resolves when all have ended. */
export async function runWorkload(session: Session, random: Random, pace: Pace): Promise<void> {
  const work: [name: string, step: (client: Client) => Promise<unknown>][] = [
    ...[...contended, ...contended].map((register) => workOn("cas", register, compareAndSet)),
    ...[...repeated, ...repeated].map((register) => workOn("repeat", register, saveRepeatedly)),
    ...[...batches, ...batches].map((register) => workOn("batch", register, saveBatch)),
    ...flipping.map((register) => workOn("flip", register, flip)),
    ...revocable.map((register) => workOn("revoke", register, letInAndOut)),
    ...revocable.map((register) => workOn("reader", register, readAsReader)),
    ["observer", readSome],
    ["observer", readSome],
    ["observer", readBatches],
  ];
  function workOn(
    name: string,
    register: Register,
    step: (session: Session, client: Client, register: Register) => Promise<unknown>,
  ): [string, (client: Client) => Promise<unknown>] {
    return [name, (client) => step(session, client, register)];
  }
  await Promise.all(
    work.map(async ([kind, step], index) => {
      const name = `${kind}${index}`;
      const client: Client = { name, random: random.fork(name), serial: 0, hasMade: false };
      while (!session.isOver) {
        await step(client);
        await delay(client.random.below(pace.pauseMs));
      }
    }),
  );

  async function readSome(client: Client): Promise<void> {
    const register = client.random.pick(registers as [Register, ...Register[]]);
    await read(session, client, "admin", [{ register: register.name, key: client.random.pick(register.keys) }]);
  }

  /** One answer that shows two parts of one batch, or of both. */
  async function readBatches(client: Client): Promise<void> {
    const parts = batches.flatMap(({ name, keys }) => keys.map((key) => ({ register: name, key })));
    await read(session, client, "admin", parts);
  }
}

/**
 * Everything, through each service in turn, once for each key. Resolves with the names of services that did not answer.
 */
export async function readEverything(session: Session, random: Random): Promise<readonly string[]> {
  const client: Client = { name: "last", random, serial: 0, hasMade: false };
  const reads = registers.flatMap(({ name, keys }) => keys.map((key) => ({ register: name, key })));
  const silent: string[] = [];
  for (const service of session.services) {
    if ((await read(session, client, "admin", reads, service)) === undefined) silent.push(service.name);
  }
  return silent;
}

async function compareAndSet(session: Session, client: Client, register: Register): Promise<void> {
  const seen = await read(session, client, "admin", [{ register: register.name, key: register.keys[0] }]);
  const [first] = seen ?? [];
  if (first === undefined) return;
  const value = `${client.name} on ${first.version}`;
  await write(session, client, register, { kind: "save", value, ifVersion: first.version });
}

async function saveRepeatedly(session: Session, client: Client, register: Register): Promise<void> {
  await write(session, client, register, { kind: "save", value: `${client.name} ${client.serial}` }, 3);
}

async function saveBatch(session: Session, client: Client, register: Register): Promise<void> {
  if (client.random.oneIn(5)) await write(session, client, register, { kind: "remove" });
  else await write(session, client, register, { kind: "save", value: `${client.name} ${client.serial}` });
}

async function flip(session: Session, client: Client, register: Register): Promise<void> {
  await write(session, client, register, { kind: "save", value: `${client.name} ${client.serial}`, ifVersion: 0 });
  await write(session, client, register, { kind: "remove" });
}

async function letInAndOut(session: Session, client: Client, register: Register): Promise<void> {
  const open = client.serial % 2 === 0;
  const value = client.hasMade ? undefined : `${client.name} ${client.serial}`;
  const outcome = await write(session, client, register, { kind: "save", value, open });
  client.hasMade ||= outcome.status === "ok";
}

async function readAsReader(session: Session, client: Client, register: Register): Promise<void> {
  await read(session, client, "reader", [{ register: register.name, key: register.keys[0] }]);
}
