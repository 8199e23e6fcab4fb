import { Worker } from "node:worker_threads";
import { startServer } from "../support/server-process.ts";
import type { Attack } from "./attackers.ts";
import { fill } from "./target.ts";
import { createTurnFile, type Turns } from "./turns.ts";
import { residentMiB, type Seen, startWitness } from "./witness.ts";

/** What must hold under every attack at once, on a service with a heap of 512 MB. */
export const bounds = { residentMiB: 400, waitMs: 250 } as const;

export interface Report extends Seen {
  readonly beforeMiB: number;
  readonly afterMiB: number;
  /** The same caller at a service that nobody attacks, on the same machine at the same time: what the machine itself causes. */
  readonly calm: Seen;
  /** Of the service under attack. */
  readonly turns: Turns;
  /** The largest resident memory of the process with the attackers. */
  readonly attackersMiB: number;
}

/** The longest wait that the attack caused: what the machine makes anyone wait for is not the doing of the service. */
export function causedMs({ longestMs, calm }: Report): number {
  return Math.max(0, longestMs - calm.longestMs);
}

export interface RunOptions {
  readonly seconds: number;
  /** Names of attacks; all of them when empty. */
  readonly only?: readonly string[];
  readonly strangers?: number;
  /** More settings of the service. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a service, lets three ordinary users and fifty strangers attack it at once, and watches as another caller. */
export async function runAttack({ seconds, only = [], strangers = 50, env = {} }: RunOptions): Promise<Report> {
  const turnFile = createTurnFile("--max-old-space-size=512");
  const [server, calmServer] = await Promise.all([startServer({ env: { ...turnFile.env, ...env } }), startServer()]);
  try {
    const place = placeOf(server.url);
    const tokens = await fill(place, server.adminToken);
    const beforeMiB = residentMiB(server.pid);
    const witness = startWitness(place, server.adminToken, server.pid);
    const calmWitness = startWitness(placeOf(calmServer.url), calmServer.adminToken, calmServer.pid);
    const workerData: Attack = { target: { ...place, tokens }, only, strangers };
    const startMs = Date.now();
    const attackers = new Worker(new URL("attackers.ts", import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    const attackersEnd = new Promise<Error>((resolve) => attackers.once("error", resolve));
    let attackersMiB = 0;
    const sample = setInterval(() => {
      attackersMiB = Math.max(attackersMiB, Math.round(process.memoryUsage.rss() / 1024 / 1024));
    }, 250);
    const isOver = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), seconds * 1000));
    const failure = await Promise.race([isOver, attackersEnd]);
    clearInterval(sample);
    const [seen, calm] = await Promise.all([witness.stop(), calmWitness.stop()]);
    const turnsEndMs = Date.now();
    await attackers.terminate();
    if (failure !== undefined) throw new Error("the attackers have ended by themselves", { cause: failure });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const turns = turnFile.between(startMs, turnsEndMs);
    return { ...seen, beforeMiB, afterMiB: residentMiB(server.pid), calm, turns, attackersMiB };
  } catch (error) {
    if (server.isRunning) throw error;
    throw new Error(`the service did not live through it:\n${server.output()}`, { cause: error });
  } finally {
    await Promise.all([server.stop(), calmServer.stop()]);
    turnFile.remove();
  }
}

function placeOf(url: string) {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port) };
}
