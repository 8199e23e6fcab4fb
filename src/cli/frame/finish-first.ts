import type { Output } from "../print/output.ts";

const ending = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Does work that must not stop half-way: the first signal waits for its end, and a second one ends this process. */
export async function finishFirst<Result>(
  output: Pick<Output, "hint">,
  doing: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const handlers = ending.map((signal) => [signal, wait] as const);
  function wait(): void {
    forget();
    output.hint(`${doing}: it ends when all of it is done; once more ends it at once`);
  }
  function forget(): void {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  }
  for (const [signal, handler] of handlers) process.on(signal, handler);
  try {
    return await work();
  } finally {
    forget();
  }
}
