import type { Output } from "./output.ts";

/** Shorter work shows no progress, which would only flicker. */
const silentMs = 500;
const tickMs = 1000;

/** Does some work on secrets. On a terminal it shows what the work is and how many seconds it has taken so far. */
export async function withProgress<Result>(
  output: Output,
  doing: string,
  count: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const label = `${doing} ${count} ${count === 1 ? "secret" : "secrets"}`;
  let ticks = 0;
  let timer = setTimeout(show, silentMs);
  function show(): void {
    output.progress(ticks === 0 ? `${label}…` : `${label}… ${ticks} s`);
    ticks += 1;
    timer = setTimeout(show, tickMs);
  }
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    output.progress("");
  }
}
