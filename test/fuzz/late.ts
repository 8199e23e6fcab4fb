/** How long a request may take, and a connection may stay open after the client has ended it. */
export const lateSeconds = 30;

/**
 * Runs `work` once too much time has passed. Returns what ends the wait. Seconds are counted one by one: those in which
 * both processes were stopped, as on a machine that sleeps, are not the fault of the service.
 */
export function onceLate(work: () => void): () => void {
  let left = lateSeconds;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    work();
  }, 1000);
  return () => clearInterval(timer);
}
