import { setTimeout as delay } from "node:timers/promises";
import type { MongodProcess } from "../mongo/mongod-process.ts";
import type { Cluster, Database, ServiceNode } from "./cluster.ts";
import type { LinkFault, TcpProxy, Whose } from "./proxy.ts";
import type { Random } from "./random.ts";

/** Does harm to a cluster, and repairs what it did before it resolves; recovery may take longer. */
export interface Fault {
  readonly name: string;
  strike(cluster: Cluster, random: Random): Promise<void>;
}

const shortestMs = 200;

export const serviceFaults: readonly [Fault, ...Fault[]] = [
  {
    name: "kill -9 of a service",
    strike: ({ services }, random) => restart(random.pick(services), random),
  },
  {
    name: "kill -9 of all services",
    strike: async ({ services }, random) => {
      await Promise.all(services.map((service) => restart(service, random)));
    },
  },
  {
    name: "SIGSTOP of a service",
    strike: async ({ services }, random) => {
      const service = random.pick(services);
      service.pause();
      await hold(random, 2_500);
      service.resume();
    },
  },
];

export const databaseFaults: readonly [Fault, ...Fault[]] = [
  onDatabase("step-down of the primary", ({ set }) => set.stepDown(2)),
  onDatabase("kill -9 of the primary", async ({ set }, random) => revive([await set.primary()], random)),
  onDatabase("kill -9 of a secondary", async (database, random) => {
    const { secondaries } = await rolesOf(database);
    await revive(secondaries.slice(0, 1), random);
  }),
  onDatabase("kill -9 of the whole database", ({ set }, random) => revive(set.members, random)),
  onDatabase("kill -9 of the primary and a service", async ({ set }, random, { services }) => {
    await Promise.all([revive([await set.primary()], random), restart(random.pick(services), random)]);
  }),
  onDatabase("SIGSTOP of the primary", async ({ set }, random) => freeze([await set.primary()], random, 4_000)),
  onDatabase("SIGSTOP of both secondaries", async (database, random) => {
    await freeze((await rolesOf(database)).secondaries, random, 2_000);
  }),
  onLinks("the primary cut off from the other members", "primary", { kind: "cut", whose: "members" }, 4_000),
  onLinks("the primary and the other members hear nothing of each other", "primary", held("members"), 4_000),
  onLinks("the primary cut off from the services", "primary", { kind: "cut", whose: "clients" }, 2_000),
  onLinks("the services hear nothing of the primary", "primary", held("clients"), 10_000),
  onLinks("the primary cut off from everyone", "primary", { kind: "cut", whose: "everyone" }, 4_000),
  onLinks("delays to the services", "all", { kind: "delay", delayMs: 60, whose: "clients" }, 2_000),
  onLinks("delays everywhere", "all", { kind: "delay", delayMs: 20, whose: "everyone" }, 2_000),
  onLinks("packets of one byte", "all", { kind: "slice", whose: "clients" }, 1_500),
  onDatabase("connections of services reset", async ({ proxies }) => {
    for (const proxy of proxies) proxy.reset("clients");
  }),
  onDatabase("all connections reset", async ({ proxies }) => {
    for (const proxy of proxies) proxy.reset("everyone");
  }),
  onDatabase("connections to the primary half-closed", async (database) => {
    (await rolesOf(database)).proxy.halfClose("clients");
  }),
  onDatabase("all connections of services half-closed", async ({ proxies }) => {
    for (const proxy of proxies) proxy.halfClose("clients");
  }),
];

type DatabaseStrike = (database: Database, random: Random, cluster: Cluster) => Promise<void>;

function onDatabase(name: string, strike: DatabaseStrike): Fault {
  return {
    name,
    strike: async (cluster, random) => {
      if (cluster.database !== undefined) await strike(cluster.database, random, cluster);
    },
  };
}

function onLinks(name: string, which: "primary" | "all", fault: LinkFault, longestMs: number): Fault {
  return onDatabase(name, async (database, random) => {
    const proxies = which === "all" ? database.proxies : [(await rolesOf(database)).proxy];
    for (const proxy of proxies) proxy.setFault(fault);
    await hold(random, longestMs);
    for (const proxy of proxies) proxy.setFault(undefined);
  });
}

function held(whose: Whose): LinkFault {
  return { kind: "hold", whose };
}

async function rolesOf({ set, proxies }: Database): Promise<{ secondaries: MongodProcess[]; proxy: TcpProxy }> {
  const primary = await set.primary();
  const proxy = proxies[set.members.indexOf(primary)];
  if (proxy === undefined) throw new Error("every member has a proxy");
  return { secondaries: set.members.filter((member) => member !== primary), proxy };
}

async function revive(members: readonly MongodProcess[], random: Random): Promise<void> {
  await Promise.all(members.map((member) => member.kill()));
  await hold(random, 1_500);
  await Promise.all(members.map((member) => member.start()));
}

async function freeze(members: readonly MongodProcess[], random: Random, longestMs: number): Promise<void> {
  for (const member of members) member.pause();
  await hold(random, longestMs);
  for (const member of members) member.resume();
}

async function restart(service: ServiceNode, random: Random): Promise<void> {
  await service.kill();
  await hold(random, 500);
  await service.start();
}

/** How long a fault lasts is part of the fault. */
async function hold(random: Random, longestMs: number): Promise<void> {
  await delay(shortestMs + random.below(longestMs - shortestMs));
}
