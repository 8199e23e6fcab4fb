import type { Output } from "./output.ts";

/** Shorter work shows no progress, which would only flicker. */
const silentMs = 500;
const tickMs = 1000;

/** The outputs on which something says what it waits for. */
const busy = new WeakSet<Output>();

/** Does some work on secrets. On a terminal it shows what the work is and how many seconds it has taken so far. */
export function withProgress<Result>(
  output: Output,
  doing: string,
  count: number,
  work: () => Promise<Result>,
): Promise<Result> {
  return withCount(output, () => `${doing} ${count} ${count === 1 ? "secret" : "secrets"}`, work);
}

/** As `withProgress`, with a text that says how far the work has come. */
export function withCount<Result>(output: Output, label: () => string, work: () => Promise<Result>): Promise<Result> {
  return countSeconds(output, label, work);
}

/**
 * For work that lets no timer in between: call the result now and then. The text is shown once it has taken a moment.
 */
export function createCounter(output: Output, nowMs = () => performance.now()): (label: () => string) => void {
  let nextMs = nowMs() + silentMs;
  return (label) => {
    if (nowMs() < nextMs) return;
    nextMs = nowMs() + tickMs;
    output.progress(label());
  };
}

/**
 * Waits for the service. On a terminal it shows how many seconds that has taken so far, unless something shows more.
 */
export function waitVisibly<Result>(output: Output, work: () => Promise<Result>): Promise<Result> {
  return busy.has(output) ? work() : countSeconds(output, () => "waiting for the service", work);
}

async function countSeconds<Result>(output: Output, label: () => string, work: () => Promise<Result>): Promise<Result> {
  let ticks = 0;
  let timer = setTimeout(show, silentMs);
  function show(): void {
    output.progress(ticks === 0 ? `${label()}…` : `${label()}… ${ticks} s`);
    ticks += 1;
    timer = setTimeout(show, tickMs);
  }
  busy.add(output);
  try {
    return await work();
  } finally {
    busy.delete(output);
    clearTimeout(timer);
    if (ticks > 0) output.progress("");
  }
}
