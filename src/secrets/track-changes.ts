import { limits } from "../limits.ts";
import { isVisible, type Principal, rightsOn } from "../rules/access.ts";
import type { SecretEvent, SecretEvents } from "../store/secret-events.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { SecretStore } from "../store/secret-store.ts";
import type { Right } from "../text/access-list-names.ts";
import { isPresentable } from "./document.ts";
import { changesOfRights, rightsOf } from "./watch-rights.ts";

export interface WatchedChange {
  readonly kind: "appeared" | "updated" | "gone";
  readonly key: string;
  readonly id: string;
  /** Undefined when the secret is gone or its row is damaged. The envelope is empty. */
  readonly secret: StoredSecret | undefined;
  /** What the watcher may do with it. */
  readonly rights: readonly Right[];
}

/** Which keys are watched. */
export interface WatchSelection {
  readonly prefix: string;
  includes(key: string): boolean;
}

export interface ChangeTracker {
  /** What the watcher must be sent for a batch of events, or for a time without any. */
  take(batch: SecretEvents | undefined): AsyncIterable<{ readonly change: WatchedChange; readonly position: string }>;
  /** Where a watch continues after everything that was taken; "" before the first batch. */
  position(): string;
  /** The rights under which everything was sent. */
  rights(): string;
}

export interface TrackerOptions {
  readonly store: SecretStore;
  readonly caller: Principal;
  readonly selection: WatchSelection;
  /** The first events may be older than the rights of the caller. */
  readonly isResumed: boolean;
  /** The caller with its current rights. */
  recheck(): Promise<Principal> | Principal;
  /** The error for rights that change while older events are still to come. */
  startOver(): Error;
}

/** A watcher that takes a batch more slowly than this may be behind what is stored. */
const slowMs = 1000;

/**
 * Turns events into the changes that a caller may notice, and keeps to this when its rights change: everything sent
 * before that is no longer visible is sent as gone, and everything that is newly visible as appeared. An event from
 * before the change is never shown under the new rights alone.
 */
export function trackChanges(options: TrackerOptions): ChangeTracker {
  const { store, selection, recheck } = options;
  let seenAs = options.caller;
  let rights = rightsOf(seenAs);
  let position = "";
  let isCaughtUp = !options.isResumed;
  // Versions that were sent because the rights changed. The events of these may still come.
  const sent = new Map<string, number>();

  async function* takeEvents(events: readonly SecretEvent[], changed: Set<string>) {
    for (const event of events) {
      const { key, version } = event.secret;
      if (!selection.includes(key) || version <= (sent.get(key) ?? 0)) continue;
      changed.add(key);
      // A slow reader takes the events of a batch one by one, and its rights may have changed by then.
      const change = changeFor(seenAs, await recheck(), event);
      if (change !== undefined) yield { change, position: event.position };
    }
  }

  async function* takeRights(now: Principal, changed: ReadonlySet<string>) {
    for await (const { kind, secret } of changesOfRights(store, seenAs, now, selection.prefix)) {
      const { key, id, version } = secret;
      if (!selection.includes(key)) continue;
      if (kind === "gone") {
        // An event of the same batch has said so, or the secret was never sent.
        if (!changed.has(key)) yield { change: { kind, key, id, secret: undefined, rights: [] }, position };
        continue;
      }
      const current = rightsOn(await recheck(), secret);
      if (current.length === 0) continue;
      sent.set(key, version);
      yield { change: { kind, key, id, secret: shownOf(secret), rights: current }, position };
    }
  }

  return {
    async *take(batch) {
      const events = batch?.events ?? [];
      if (batch === undefined) {
        isCaughtUp = true;
        sent.clear();
      }
      const changed = new Set<string>();
      const startedAtMs = performance.now();
      yield* takeEvents(events, changed);
      position = batch?.position ?? position;
      if (events.length >= limits.eventBatch || performance.now() - startedAtMs > slowMs) isCaughtUp = false;
      const now = await recheck();
      if (now === seenAs || position === "") return;
      const rightsNow = rightsOf(now);
      if (rightsNow !== rights) {
        if (!isCaughtUp) throw options.startOver();
        yield* takeRights(now, changed);
        rights = rightsNow;
      }
      seenAs = now;
    },
    position: () => position,
    rights: () => rights,
  };
}

/** Undefined for a change that the caller must not notice. */
function changeFor(before: Principal, now: Principal, { secret, formerLists }: SecretEvent): WatchedChange | undefined {
  const former = formerLists && { ...secret, lists: formerLists, removed: false };
  const isSeen = isVisible(before, secret) && isVisible(now, secret);
  const wasSeen = isVisible(before, former);
  const { key, id } = secret;
  if (!isSeen) return wasSeen ? { kind: "gone", key, id, secret: undefined, rights: [] } : undefined;
  const kind = wasSeen ? "updated" : "appeared";
  return { kind, key, id, secret: shownOf(secret), rights: rightsOn(now, secret) };
}

function shownOf(secret: StoredSecret): StoredSecret | undefined {
  return isPresentable(secret) ? { ...secret, kid: "", envelope: noEnvelope } : undefined;
}

const noEnvelope = new Uint8Array(0);
