import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import { systemCode } from "../frame/errors.ts";
import { executableOnPath } from "../frame/windows.ts";
import { startError } from "./find-program.ts";
import { ignoring } from "./inherited.ts";
import { createKeyboard, type Keyboard } from "./keyboard.ts";

/** Signals for the command. Without forwarding they would end this process, or not reach the command. */
const forwarded = [
  ...(["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT", "SIGALRM", "SIGVTALRM"] as const),
  ...(["SIGIO", "SIGURG", "SIGXCPU", "SIGPWR"] as const),
];
/**
 * Signals of keys on a terminal. A terminal sends them to all its processes, so the command already has them there.
 * Many programs take the same signal twice to mean "at once".
 */
const typed = ["SIGINT", "SIGQUIT"] as const;
/**
 * What a console of Windows reports to all its programs, the command among them. No signal is sent on there: each that
 * Windows can send ends the process that gets it, at once.
 */
const ofConsole = ["SIGINT", "SIGBREAK", "SIGHUP", "SIGWINCH"] as const;

/** A command that runs on the standard streams of this process. */
export interface Child {
  /** Its exit code; 128 plus the number of the signal if a signal ended it. */
  readonly ended: Promise<number>;
  signal(signal: NodeJS.Signals): void;
}

/** What a command takes over from the process that started `oo`. */
export interface Inherited {
  /** File descriptors from 3 up. */
  readonly descriptors: readonly number[];
  /** Numbers of the signals that it ignores. */
  readonly ignored: readonly number[];
}

/** Starts commands, one after the other. Signals go to the one that runs. */
export interface Launcher {
  /** @throws CliError with exit code 127 when there is no such command, and 126 when it cannot be run */
  start(env: Readonly<NodeJS.ProcessEnv>): Promise<Child>;
}

/** Forwards signals from now on: a signal that comes before a command runs must not end this process alone. */
export function createLauncher(program: string, args: readonly string[], inherited: Inherited): Launcher {
  let child: ChildProcess | undefined;
  const wanted = ignoring(inherited.ignored, program, args);
  const isIgnored = (signal: NodeJS.Signals) => inherited.ignored.includes(constants.signals[signal]);
  if (process.platform === "win32") for (const signal of ofConsole) process.on(signal, () => undefined);
  else forwardSignals();

  function forwardSignals(): void {
    for (const signal of forwarded.filter(isKnown)) {
      process.on(signal, () => isIgnored(signal) || child?.kill(signal));
    }
    const keyboard = hasTerminal() ? createKeyboard() : undefined;
    for (const signal of typed) process.on(signal, () => isIgnored(signal) || forwardTyped(signal, keyboard));
  }

  async function forwardTyped(signal: NodeJS.Signals, sender: Keyboard | undefined): Promise<void> {
    const target = child;
    if ((await sender?.hasTyped()) !== true) target?.kill(signal);
  }

  return {
    async start(env) {
      try {
        const path = pathOf(wanted.program, env);
        const started = spawn(path, wanted.args, { env, stdio: streams(inherited.descriptors) });
        child = started;
        const ended = once(started, "exit").then(([code, signal]) => codeOf(code, signal));
        // The caller that waits for `ended` gets the error. Here it only shows whether the command has started.
        await Promise.race([once(started, "spawn"), ended]);
        return { ended, signal: (signal) => void started.kill(signal) };
      } catch (error) {
        throw startError(program, systemCode(error));
      }
    },
  };
}

/** Runs a command once. Returns its exit code, like `Child`. */
export async function runChild(
  program: string,
  args: readonly string[],
  env: Readonly<NodeJS.ProcessEnv>,
  inherited: Inherited,
): Promise<number> {
  const child = await createLauncher(program, args, inherited).start(env);
  return child.ended;
}

/** Windows looks in the current folder before the PATH. What is on the PATH is taken first here, as elsewhere. */
function pathOf(program: string, env: Readonly<NodeJS.ProcessEnv>): string {
  if (process.platform !== "win32" || /[\\/:]/.test(program)) return program;
  return executableOnPath(program, env) ?? program;
}

/** Each descriptor under its own number. */
function streams(descriptors: readonly number[]): StdioOptions {
  const all: ("inherit" | "ignore" | number)[] = ["inherit", "inherit", "inherit"];
  for (const fd of descriptors) {
    while (all.length < fd) all.push("ignore");
    all[fd] = fd;
  }
  return all;
}

/** Not every system has every signal. */
function isKnown(signal: NodeJS.Signals): boolean {
  return constants.signals[signal] !== undefined;
}

function codeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** Whether this process belongs to a terminal, even if none of its streams is one. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
