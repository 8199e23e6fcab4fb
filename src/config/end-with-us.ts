import type { ChildProcess } from "node:child_process";

/** Programs that run. Each leads a group of processes. */
const running = new Set<ChildProcess>();
const signals = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"] as const;
let handled: readonly NodeJS.Signals[] = [];

/** Kills the group of a program when this process ends, for whatever reason. Returns a function that forgets it. */
export function endWithUs(child: ChildProcess): () => void {
  if (running.size === 0) begin();
  running.add(child);
  return () => {
    running.delete(child);
    if (running.size === 0) end();
  };
}

/** The group has the number of the process that leads it. It is gone when nothing of it runs. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {}
}

function begin(): void {
  // A signal that the service takes for something else, as SIGHUP for a reload, does not end it.
  handled = signals.filter((signal) => signal !== "SIGHUP" || process.listenerCount(signal) === 0);
  for (const signal of handled) process.on(signal, onSignal);
  process.on("exit", killAll);
}

function end(): void {
  for (const signal of handled) process.off(signal, onSignal);
  process.off("exit", killAll);
}

function onSignal(signal: NodeJS.Signals): void {
  killAll();
  end();
  process.kill(process.pid, signal);
}

function killAll(): void {
  for (const child of running) killGroup(child);
}
