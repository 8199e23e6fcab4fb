import { setTimeout as delay } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";
import type { Fault } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Session } from "./session.ts";

export interface NemesisOptions {
  readonly kinds: readonly Fault[];
  readonly faults: number;
  /** No new fault after this moment, of the clock of `Date.now`. */
  readonly deadlineMs: number;
  /** Called with the name of each fault that begins. */
  readonly onFault: (name: string) => void;
}

/** Writes that each service acknowledges between two faults. */
const progressMin = 10;

/** How long a service may take after a fault until it acknowledges that many. */
const recoveryMs = 45_000;
const pollMs = 20;

/**
 * Every kind of fault in random order, again and again; the next one when all services work again. Gives the counts.
 */
export async function runFaults(
  cluster: Cluster,
  session: Session,
  random: Random,
  { kinds, faults, deadlineMs, onFault }: NemesisOptions,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let deck: Fault[] = [];
  for (let number = 0; number < faults && Date.now() < deadlineMs && session.violations.length === 0; number += 1) {
    if (deck.length === 0) deck = shuffled(kinds, random);
    const fault = deck.pop();
    if (fault === undefined) break;
    onFault(fault.name);
    await fault.strike(cluster, random);
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    await waitForProgress(session, fault);
  }
  return counts;
}

function shuffled(faults: readonly Fault[], random: Random): Fault[] {
  return faults
    .map((fault) => ({ fault, rank: random.below(1_000_000) }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ fault }) => fault);
}

/** A service that never works again breaks no promise about data, and is a violation all the same. */
async function waitForProgress(session: Session, fault: Fault): Promise<void> {
  const before = new Map(session.progress);
  const limit = Date.now() + recoveryMs;
  const waiting = () =>
    session.services.filter(({ name }) => (session.progress.get(name) ?? 0) < (before.get(name) ?? 0) + progressMin);
  while (waiting().length > 0 && session.violations.length === 0) {
    if (Date.now() > limit) {
      const names = waiting().map(({ name }) => name);
      session.violations.push(
        `not ${progressMin} writes through ${names.join(", ")} within ${recoveryMs} ms after: ${fault.name}`,
      );
      return;
    }
    await delay(pollMs);
  }
}
