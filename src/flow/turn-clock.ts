let startMs: number | undefined;

/**
 * How long the present turn of the event loop has worked, as far as it was asked for: from the first question to the
 * turn's end. What waits for its turn in different queues shares it.
 */
export function turnUsedMs(): number {
  const nowMs = performance.now();
  if (startMs === undefined) {
    startMs = nowMs;
    setImmediate(() => {
      startMs = undefined;
    });
  }
  return nowMs - startMs;
}
