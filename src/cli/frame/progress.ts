import type { Output } from "./output.ts";

/** What is over by then needs no line that comes and goes. */
const silentMs = 500;
const tickMs = 1000;

/** Does the work on some secrets, and tells on a terminal what it is and for how many seconds it has been going on. */
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
