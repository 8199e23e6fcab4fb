/**
 * Yields the items of a source, and `undefined` whenever `tickMs` pass without one, until the source ends or `signal`
 * aborts. Then it asks the source to end, but does not wait for it, because the source may itself be waiting.
 */
export async function* withTicks<T>(
  source: AsyncIterable<T>,
  tickMs: number,
  signal: AbortSignal,
): AsyncIterable<T | undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let arrived: Promise<IteratorResult<T>> | undefined;
  let wake = () => {};
  const ask = () => {
    const asked = iterator.next();
    const arrive = () => {
      arrived = asked;
      wake();
    };
    asked.then(arrive, arrive);
  };
  ask();
  try {
    while (!signal.aborted) {
      if (arrived === undefined) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, tickMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      if (arrived === undefined) {
        yield undefined;
        continue;
      }
      const { done, value } = await arrived;
      if (done === true) return;
      arrived = undefined;
      yield value;
      ask();
    }
  } finally {
    iterator.return?.().catch(() => undefined);
  }
}
