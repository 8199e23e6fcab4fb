import type { AccessLists, StoredSecret } from "./secret-rows.ts";

/** A new version of a secret, as it is sent to watchers. */
export interface SecretEvent {
  /** The new version, with an empty envelope. */
  readonly secret: StoredSecret;
  /** The lists of the version before; undefined when that was removed, or did not exist. */
  readonly formerLists: AccessLists | undefined;
  /** False when it was changed or made outside the service. Nothing of it can be trusted. */
  readonly isIntact: boolean;
  /** Where a watch continues after this event. */
  readonly position: string;
}

export interface SecretEvents {
  /** In the order in which they were committed; may be empty. */
  readonly events: readonly SecretEvent[];
  /** Where a watch continues after these events, and after those that concern others. */
  readonly position: string;
}

/** A watch cannot continue from its position, which is too old or belongs to another database. */
export class WatchPositionError extends Error {
  constructor(options?: ErrorOptions) {
    super("changes since this position are no longer known", options);
    this.name = "WatchPositionError";
  }
}
