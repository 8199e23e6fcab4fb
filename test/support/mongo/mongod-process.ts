import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";

/** One `mongod` on one port with one data folder, over all its lives. */
export interface MongodProcess {
  readonly port: number;
  /** Of the present life, or of the last one. */
  readonly pid: number;
  readonly isRunning: boolean;
  /** Stopped by `pause`: it runs, but answers no one. */
  readonly isPaused: boolean;
  /** Sends a signal that ends it, and waits for the end. Works on a paused one with SIGKILL only. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  pause(): void;
  resume(): void;
  /** Starts it again, on the same port and folder, and waits until it accepts connections. */
  start(): Promise<void>;
}

export interface MongodOptions {
  readonly binary: string;
  readonly port: number;
  readonly folder: string;
  /** Undefined: a standalone server. */
  readonly replicaSet: string | undefined;
  /** Removed when this process dies without having stopped the server. */
  readonly temporaryFolder: string | undefined;
  /**
   * A file with a key that members share, only its owner's to read: with it the server lets no one in without a
   * password.
   */
  readonly keyFile?: string;
  /** More arguments, such as those for TLS. */
  readonly args?: readonly string[];
}

/**
 * Waits until it accepts connections. It ends when this process does, however that ends. Rejects with its last output.
 */
export async function startMongod(options: MongodOptions): Promise<MongodProcess> {
  mkdirSync(options.folder, { recursive: true });
  let life = await startLife(options);
  let paused = false;
  return {
    port: options.port,
    get pid() {
      return life.pid;
    },
    get isRunning() {
      return life.isRunning();
    },
    get isPaused() {
      return paused && life.isRunning();
    },
    kill: async (signal = "SIGKILL") => {
      life.child.kill(signal);
      await life.ended;
      paused = false;
    },
    pause: () => {
      paused = life.child.kill("SIGSTOP");
    },
    resume: () => {
      life.child.kill("SIGCONT");
      paused = false;
    },
    start: async () => {
      if (!life.isRunning()) life = await startLife(options);
    },
  };
}

interface Life {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<void>;
  isRunning(): boolean;
}

async function startLife(options: MongodOptions): Promise<Life> {
  const child = spawn(options.binary, mongodArguments(options), { stdio: ["ignore", "pipe", "pipe"] });
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const pid = child.pid ?? 0;
  child.once("exit", startWatchdog(pid, options.temporaryFolder));
  await listening(child);
  return { child, pid, ended, isRunning };
}

function mongodArguments({ port, folder, replicaSet, keyFile, args = [] }: MongodOptions): string[] {
  const parameters = ["diagnosticDataCollectionEnabled=false", "enableTestCommands=1"];
  return [
    ...["--port", String(port), "--bind_ip", "127.0.0.1", "--dbpath", folder],
    ...(replicaSet === undefined ? [] : ["--replSet", replicaSet]),
    ...(keyFile === undefined ? [] : ["--keyFile", keyFile]),
    ...["--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64", "--quiet", "--nounixsocket"],
    // Each test has collections of its own. A server that may open no more files ends, and it keeps those of dropped
    // ones open for ten minutes by default.
    ...["--wiredTigerEngineConfigString", "file_manager=(close_idle_time=10,close_scan_interval=5)"],
    ...args,
    ...parameters.flatMap((parameter) => ["--setParameter", parameter]),
  ];
}

/**
 * Reads the log to its end, lest the process be held up by a full pipe; keeps what is needed to explain a failed start.
 */
function listening(child: ChildProcess): Promise<void> {
  const retainedCharacters = 4_000;
  let text = "";
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => reject(new Error(`mongod ended (${code ?? signal}):\n${text}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (more: string) => {
        // Looked for before it is cut: on a busy machine much comes at once.
        text += more;
        if (text.includes('"Waiting for connections"')) resolve();
        text = text.slice(-retainedCharacters);
      });
    }
  });
}

/**
 * Kills the process when ours is gone: a shell that waits for the end of a pipe that only we hold. In a process group
 * of its own, so that an interrupt at the terminal does not reach it.
 */
function startWatchdog(pid: number, folder = ""): () => void {
  const script = 'read -r _; kill -9 "$1"; test -z "$2" || rm -rf "$2"';
  const watchdog = spawn("/bin/sh", ["-c", script, "sh", String(pid), folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watchdog.unref();
  const pipe = watchdog.stdin as unknown as { unref(): void };
  pipe.unref();
  return () => watchdog.kill("SIGKILL");
}
