import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setPriority } from "node:os";
import { startServer } from "../support/server-process.ts";
import type { Attack } from "./attackers.ts";
import { mostMiB, residentMiB } from "./resident.ts";
import { fill } from "./target.ts";
import { createTurnFile, type Turns } from "./turns.ts";
import type { Seen } from "./witness.ts";
import type { Watched } from "./witnesses.ts";

/** What must hold under every attack at once, on a service with a heap of 512 MB. */
export const bounds = { residentMiB: 400, waitMs: 250 } as const;

export interface Report extends Seen {
  /** Of the service under attack. `mostMiB` is the most that Linux has counted, however shortly. */
  readonly beforeMiB: number;
  readonly mostMiB: number;
  readonly afterMiB: number;
  /**
   * The same caller at a service that no one attacks, on the same machine at the same time: what the machine itself
   * causes.
   */
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

/**
 * Attackers and other callers are on other machines; here they share two cores with the service. So attackers get the
 * time that no one else wants, and those whose waits are measured get it at once, where the user may do that.
 */
const niceness = { attackers: 19, witnesses: -10 } as const;

/** Starts a service, lets three ordinary users and fifty strangers attack it at once, and watches as another caller. */
export async function runAttack({ seconds, only = [], strangers = 50, env = {} }: RunOptions): Promise<Report> {
  const turnFile = createTurnFile("--max-old-space-size=512");
  const [server, calmServer] = await Promise.all([startServer({ env: { ...turnFile.env, ...env } }), startServer()]);
  const children: ChildProcess[] = [];
  const start = (file: string, nice: number, message: unknown) => {
    const child = startProcess(file, nice);
    children.push(child);
    child.send(message as object);
    return child;
  };
  try {
    const place = placeOf(server.url);
    const tokens = await fill(place, server.adminToken);
    const beforeMiB = residentMiB(server.pid);
    const watched: readonly Watched[] = [
      { ...place, token: server.adminToken },
      { ...placeOf(calmServer.url), token: calmServer.adminToken },
    ];
    const witnesses = start("witnesses.ts", niceness.witnesses, watched);
    const attack: Attack = { target: { ...place, tokens }, only, strangers };
    const startMs = Date.now();
    const attackers = start("attackers.ts", niceness.attackers, attack);
    const attackersEnd = once(attackers, "exit").then(([code]) => new Error(`the attackers have ended with ${code}`));
    const isOver = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), seconds * 1000));
    const failure = await Promise.race([isOver, attackersEnd]);
    if (failure !== undefined) throw failure;
    witnesses.send("stop");
    const [[seen, calm]] = (await once(witnesses, "message")) as [[Seen, Seen]];
    const turnsEndMs = Date.now();
    const attackersMiB = mostMiB(attackers.pid ?? 0);
    attackers.kill("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const turns = turnFile.between(startMs, turnsEndMs);
    const { pid } = server;
    return { ...seen, beforeMiB, mostMiB: mostMiB(pid), afterMiB: residentMiB(pid), calm, turns, attackersMiB };
  } catch (error) {
    if (server.isRunning) throw error;
    throw new Error(`the service did not live through it:\n${server.output()}`, { cause: error });
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await Promise.all([server.stop(), calmServer.stop()]);
    turnFile.remove();
  }
}

function startProcess(file: string, nice: number): ChildProcess {
  const child = fork(new URL(file, import.meta.url), {
    execArgv: ["--disable-warning=ExperimentalWarning", "--max-old-space-size=1024"],
  });
  try {
    setPriority(child.pid ?? 0, nice);
  } catch {
    // Only the superuser may be more important than others.
  }
  return child;
}

function placeOf(url: string) {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port) };
}
