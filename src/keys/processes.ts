import { randomBytes } from "node:crypto";
import type { Keyring } from "../crypto/keyring.ts";
import type { ProcessRegistry, StoreProcess } from "../store/process-registry.ts";
import { KeysInUseError } from "./keys-in-use.ts";

/** A process without a heartbeat for this long has ended. Four heartbeats in a row may get lost. */
export const silentMs = 20_000;

export const heartbeatMs = 4_000;

/** This process among those on the same store. */
export interface Membership {
  readonly id: string;
  beat(): Promise<void>;
  leave(): Promise<void>;
}

/**
 * Registers this process with the others, and checks that each can read what any of them writes. Throws
 * `KeysInUseError` when another process has no key for what this one would write, or the reverse: then this process
 * must not write.
 */
export async function joinProcesses(store: ProcessRegistry, keyring: Keyring): Promise<Membership> {
  const own = { id: randomBytes(8).toString("hex"), kids: keyring.keys.map(({ kid }) => kid) };
  const membership: Membership = {
    id: own.id,
    beat: () => store.keepProcess(own),
    leave: () => store.removeProcess(own.id),
  };
  // Register first, then check: when two incompatible processes start together, at least one sees the other.
  await membership.beat();
  const problem = (await store.listProcesses(silentMs)).map((other) => misfit(own, other)).find(Boolean);
  if (problem === undefined) return membership;
  await membership.leave();
  throw new KeysInUseError(problem);
}

/** Running processes whose active key is not the one of this process. */
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
