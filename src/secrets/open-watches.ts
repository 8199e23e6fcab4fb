import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { Principal } from "../rules/access.ts";
import type { SecretStore } from "../store/secret-store.ts";

/** Open watches of each caller, for each store. */
const watches = new WeakMap<SecretStore, Map<string, number>>();

/** Counts a watch until the returned function is called. Throws RATE_LIMITED when there are too many. */
export function enterWatch(store: SecretStore, { tenant, slug }: Principal): () => void {
  const counts = watches.get(store) ?? new Map<string, number>();
  watches.set(store, counts);
  const name = `${tenant}/${slug}`;
  const mine = counts.get(name) ?? 0;
  let all = 0;
  for (const count of counts.values()) all += count;
  if (mine >= limits.watchersOfCaller) throw tooMany("you have", limits.watchersOfCaller);
  if (all >= limits.watchers) throw tooMany("the service has", limits.watchers);
  counts.set(name, mine + 1);
  return () => {
    const left = (counts.get(name) ?? 1) - 1;
    if (left === 0) counts.delete(name);
    else counts.set(name, left);
  };
}

function tooMany(subject: string, limit: number): SecretError {
  const message = `${subject} ${limit} open watches, which is the limit`;
  return new SecretError({ reason: "RATE_LIMITED", message, limit, actual: limit + 1 });
}
