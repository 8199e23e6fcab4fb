import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

export interface ServerProcess {
  readonly url: string;
  /** Seconds of processor time that the process has used, all threads. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** Starts a server and waits for the line with its address. */
export async function startProcess(
  command: string,
  args: readonly string[],
  env = process.env,
): Promise<ServerProcess> {
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) return running(child, url);
  }
  throw new Error(`${command} ended before it listened`);
}

function running(child: ChildProcess, url: string): ServerProcess {
  return {
    url,
    cpuSeconds() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
