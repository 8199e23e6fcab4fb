/**
 * A process with the other callers, of which nothing else may take the time. Watches the services that its parent
 * names, each on its own, until the next message, and answers with what it has seen.
 */
import type { Target } from "./target.ts";
import { type Seen, startWitness } from "./witness.ts";

export type Watched = Pick<Target, "host" | "port"> & { readonly token: string };

process.once("message", (watched: readonly Watched[]) => {
  const witnesses = watched.map((target) => startWitness(target, target.token));
  process.once("message", async () => {
    const seen: readonly Seen[] = await Promise.all(witnesses.map((witness) => witness.stop()));
    process.send?.(seen, () => process.disconnect?.());
  });
});
