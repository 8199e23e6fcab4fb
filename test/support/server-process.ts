import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programPath } from "./built-package.ts";
import { compileCache } from "./compile-cache.ts";

/** A service in a process of its own. */
export interface ServerProcess {
  readonly pid: number;
  /** Whether it runs still. */
  readonly isRunning: boolean;
  readonly url: string;
  readonly dataDir: string;
  /** The token in `admin.token`; empty when the folder has none. */
  readonly adminToken: string;
  /** Ends it in good order and waits; removes the data folder if it was made here. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash of the process would, and waits; the data folder stays. */
  kill(): Promise<void>;
  /** Sends a signal that does not end it, such as SIGSTOP. */
  signal(signal: NodeJS.Signals): void;
  /** Its exit code, once it has ended by itself or was ended; null after a signal. */
  readonly ended: Promise<number | null>;
  /** Everything it has printed so far, standard error included. */
  output(): string;
  /** Resolves once it has printed this, `times` times (1). Rejects with its output if it ends first. */
  printed(text: string, times?: number): Promise<void>;
}

interface ServerOptions {
  /** An existing folder to keep the data in, such as that of a killed server; a new one when absent. */
  readonly dataDir?: string;
  /** More variables of its environment; of ours it gets PATH only, and where compiled code is. */
  readonly env?: Readonly<Record<string, string>>;
  /** More arguments of `serve`. */
  readonly args?: readonly string[];
}

const program = programPath("secret-svc");
const started = /listening on (https?:\/\/[^\s"]+)/;

/**
 * Starts `secret-svc serve` on a free port of 127.0.0.1 and waits until it listens; rejects with its output if it ends.
 */
export async function startServer({ dataDir, env = {}, args = [] }: ServerOptions = {}): Promise<ServerProcess> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), "secret-svc-"));
  const settings = { SECRET_SVC_LISTEN: "127.0.0.1:0", SECRET_SVC_DATA_DIR: folder };
  const child = spawn(program, ["serve", ...args], {
    env: { PATH: process.env.PATH ?? "", ...compileCache, ...settings, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const printed = collectOutput(child);
  const url = await printed.until((text) => started.exec(text)?.[1]);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    url,
    // It printed where it listens, so it was started.
    dataDir: folder,
    adminToken: readToken(folder),
    stop: async () => {
      await end("SIGTERM");
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
    },
    kill: () => end("SIGKILL"),
    signal: (signal) => void child.kill(signal),
    ended,
    output: printed.text,
    printed: async (text, times = 1) => {
      await printed.until((all) => all.split(text).length > times);
    },
  };
}

function collectOutput(child: ChildProcess) {
  let text = "";
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      for (const look of waiting) look();
    });
  }
  const until = <Found>(find: (text: string) => Found | undefined | false) =>
    new Promise<Found>((resolve, reject) => {
      const look = () => {
        const found = find(text);
        if (found === undefined || found === false) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      child.once("error", reject);
      child.once("close", () => reject(new Error(`the service ended before it printed what was awaited:\n${text}`)));
      look();
    });
  return { text: () => text, until };
}

function readToken(folder: string): string {
  try {
    return readFileSync(join(folder, "admin.token"), "utf8").trim();
  } catch {
    return "";
  }
}
