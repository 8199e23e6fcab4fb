import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

export interface ServerProcess {
  readonly url: string;
  /** Seconds of processor time that the process has used, all threads. */
  cpuSeconds(): number;
  /** MiB of memory that are in use now. Like `cpuSeconds`, on Linux only. */
  residentMib(): number;
  stop(): Promise<void>;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Starts a server that prints its address on standard output, and waits for that line. */
export async function startProcess(command: Command): Promise<ServerProcess> {
  const child = spawn(command.command, command.args, { env: command.env, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url === undefined) continue;
    child.stdout.resume();
    return running(child, url);
  }
  throw new Error(`${command.command} ended before it listened`);
}

/** Starts a server that will listen at `url`. Its output is dropped. */
export function startProcessAt(command: Command, url: string): ServerProcess {
  return running(spawn(command.command, command.args, { env: command.env, stdio: "ignore" }), url);
}

/** Seconds of processor time that a process has used, all threads. On Linux only. */
export function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Polls until `isReady`; a refused connection means not yet. */
export async function untilReady(isReady: () => Promise<boolean>): Promise<void> {
  const pollMs = 5;
  const patienceMs = 60_000;
  const endsAt = performance.now() + patienceMs;
  while (!(await isReady().catch(() => false))) {
    if (performance.now() > endsAt) throw new Error(`a server is not ready after ${patienceMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function running(child: ChildProcess, url: string): ServerProcess {
  const exited = once(child, "exit");
  return {
    url,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    residentMib() {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024;
    },
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
