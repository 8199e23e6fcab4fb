import { Worker } from "node:worker_threads";
import { startServer } from "../support/server-process.ts";
import type { Attack } from "./attackers.ts";
import { fill } from "./target.ts";
import { residentMiB, type Seen, startWitness } from "./witness.ts";

/** What must hold under every attack at once, on a service with a heap of 512 MB. */
export const bounds = { residentMiB: 400, waitMs: 250 } as const;

export interface Report extends Seen {
  readonly beforeMiB: number;
  readonly afterMiB: number;
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
  const server = await startServer({ env: { NODE_OPTIONS: "--max-old-space-size=512", ...env } });
  try {
    const { hostname: host, port } = new URL(server.url);
    const place = { host, port: Number(port) };
    const tokens = await fill(place, server.adminToken);
    const beforeMiB = residentMiB(server.pid);
    const witness = startWitness(place, server.adminToken, server.pid);
    const workerData: Attack = { target: { ...place, tokens }, only, strangers };
    const attackers = new Worker(new URL("attackers.ts", import.meta.url), { workerData });
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const seen = await witness.stop();
    await attackers.terminate();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return { ...seen, beforeMiB, afterMiB: residentMiB(server.pid) };
  } finally {
    await server.stop();
  }
}
