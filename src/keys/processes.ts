import { randomBytes } from "node:crypto";
import type { Keyring } from "../crypto/keyring.ts";
import type { ProcessRegistry, StoreProcess } from "../store/process-registry.ts";
import { KeysInUseError } from "./keys-in-use.ts";

/** A process that was not heard of for so long has ended. Four of its signs of life may get lost. */
export const silentMs = 20_000;

/** How often a process gives a sign of life. */
export const signOfLifeMs = 4_000;

/** This process among those on the same store. */
export interface Membership {
  readonly id: string;
  /** Gives a sign of life. */
  keep(): Promise<void>;
  leave(): Promise<void>;
}

/**
 * Makes this process known to the others, and checks that all can read what each of them writes. Throws `KeysInUseError`
 * when one has no key for what this one would write, or the reverse: then nothing must be written here.
 */
export async function joinProcesses(store: ProcessRegistry, keyring: Keyring): Promise<Membership> {
  const own = { id: randomBytes(8).toString("hex"), kids: keyring.keys.map(({ kid }) => kid) };
  const membership: Membership = {
    id: own.id,
    keep: () => store.keepProcess(own),
    leave: () => store.removeProcess(own.id),
  };
  // Known first and asked then: of two that start at once and do not fit, at least one learns of the other.
  await membership.keep();
  const problem = (await store.listProcesses(silentMs)).map((other) => misfit(own, other)).find(Boolean);
  if (problem === undefined) return membership;
  await membership.leave();
  throw new KeysInUseError(problem);
}

/** Running processes with another active key than this one's. */
export async function otherWriters(store: ProcessRegistry, keyring: Keyring): Promise<readonly StoreProcess[]> {
  return (await store.listProcesses(silentMs)).filter(({ kids }) => kids[0] !== keyring.active.kid);
}

function misfit(own: StoreProcess, other: StoreProcess): string | undefined {
  const [ownActive = ""] = own.kids;
  const [otherActive = ""] = other.kids;
  if (!other.kids.includes(ownActive)) {
    return (
      `another process of the service on this store does not have the encryption key ${ownActive}, which is the active one here; ` +
      "first add it to OB_PREVIOUS_ENCRYPTION_KEYS of every process and restart them, then make it active " +
      `(a process that was killed counts as running for ${silentMs / 1000} seconds)`
    );
  }
  if (!own.kids.includes(otherActive)) {
    return (
      `another process of the service on this store writes with the encryption key ${otherActive}, which is not given here; ` +
      "set OB_PREVIOUS_ENCRYPTION_KEYS to include it"
    );
  }
  return undefined;
}
