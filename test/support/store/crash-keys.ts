const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/**
 * What the crash test's twelve writers write: six compete for three keys, three write batches, three remove and revive.
 */
export const crashKeys = {
  contended: numbers(3).map((at) => `contended/${at}`),
  batches: numbers(3).map((at) => numbers(5).map((item) => `batch-${at}/${item}`)),
  flipping: numbers(3).map((at) => `flipping/${at}`),
};
