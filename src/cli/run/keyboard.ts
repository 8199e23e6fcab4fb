import { type ChildProcess, spawn } from "node:child_process";

/** Distinguishes signals of the keyboard from those of a program. */
export interface Keyboard {
  /** After this process got SIGINT or SIGQUIT: whether all processes on the terminal got it. */
  hasTyped(): Promise<boolean>;
}

/**
 * A second process that does nothing, in the same group as this one. A key on the terminal ends it, because the
 * terminal signals the group. A signal of a program comes to this process alone, and then the other one still answers.
 * Nothing else shows who sent a signal.
 */
export function createKeyboard(): Keyboard {
  let witness = startWitness();
  return {
    async hasTyped() {
      const asked = witness;
      const isAlive = await answers(asked);
      if (!isAlive && witness === asked) witness = startWitness();
      return !isAlive;
    },
  };
}

function startWitness(): ChildProcess {
  const started = spawn("cat", [], { stdio: ["pipe", "pipe", "ignore"], env: { PATH: process.env.PATH } });
  started.on("error", () => undefined);
  started.stdin?.on("error", () => undefined);
  started.unref();
  for (const stream of [started.stdin, started.stdout]) (stream as { unref?(): void } | null)?.unref?.();
  return started;
}

/** Whether the process echoes one byte, rather than ending. */
function answers({ stdin, stdout, exitCode, signalCode }: ChildProcess): Promise<boolean> {
  if (stdin === null || stdout === null || exitCode !== null || signalCode !== null) return Promise.resolve(false);
  return new Promise((resolve) => {
    stdout.once("data", () => resolve(true));
    stdout.once("close", () => resolve(false));
    stdin.write("\n");
  });
}
