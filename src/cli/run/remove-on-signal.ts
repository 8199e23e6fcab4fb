import { constants } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";

const ending = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * Writes files, and removes them if a signal came meanwhile that ends this process; it then ends by that signal. A
 * signal that comes later is for the command.
 */
export async function removingOnSignal<Written>(
  ignored: readonly number[],
  write: () => Written,
  remove: () => void,
): Promise<Written> {
  const received: NodeJS.Signals[] = [];
  const handlers = ending
    .filter((signal) => constants.signals[signal] !== undefined && !ignored.includes(constants.signals[signal]))
    .map((signal) => [signal, () => void received.push(signal)] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  const written = write();
  // Signals that came while the files were written are only reported now.
  await nextTurn();
  const [first] = received;
  if (first === undefined) return written;
  remove();
  for (const [signal, handler] of handlers) process.off(signal, handler);
  process.kill(process.pid, first);
  return new Promise(() => undefined);
}
