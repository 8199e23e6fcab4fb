import { LayoutError } from "./layout-error.ts";
import type { Store } from "./store.ts";

export interface LayoutGate {
  /** Refuses every call once a heartbeat has found a newer schema version. */
  readonly store: Store;
  /** Resolves then, with what was found. Never rejects. */
  readonly outdated: Promise<LayoutError>;
}

/** What a process may still do when its store has a newer schema version: end in good order. */
const open: ReadonlySet<string> = new Set([
  ...["endAccess", "keepProcess", "removeProcess", "watchSecrets", "close"],
  // No promise, and nothing that comes of it is stored.
  "recallSecret",
]);

/** Keeps a process from touching a store that a newer version of the program has migrated, or is migrating. */
export function gateLayout(store: Store): LayoutGate {
  const { promise: outdated, resolve } = Promise.withResolvers<LayoutError>();
  let found: LayoutError | undefined;
  const gated = Object.entries(store).map(([name, method]) => [
    name,
    open.has(name) ? method : (...args: readonly unknown[]) => (found === undefined ? method(...args) : refuse(found)),
  ]);
  return {
    outdated,
    store: {
      ...(Object.fromEntries(gated) as Store),
      async keepProcess(process) {
        try {
          await store.keepProcess(process);
        } catch (error) {
          if (error instanceof LayoutError) {
            found = error;
            resolve(error);
          }
          throw error;
        }
      },
    },
  };
}

function refuse(error: LayoutError): Promise<never> {
  return Promise.reject(error);
}
