import type { AccessLists, StoredSecret } from "./secret-rows.ts";

/** A new version of a secret, as watchers are told of it. */
export interface SecretEvent {
  /** What it is now. The envelope is left out: empty. */
  readonly secret: StoredSecret;
  /** Its lists before; undefined when it was removed, or did not exist. */
  readonly formerLists: AccessLists | undefined;
  /** Where a watch goes on after it. */
  readonly position: string;
}

export interface SecretEvents {
  /** In the order in which they were committed; may be empty. */
  readonly events: readonly SecretEvent[];
  /** Where a watch goes on after them, and after what concerns others. */
  readonly position: string;
}

/** A watch cannot go on from its position: it is too old, or of another database. */
export class WatchPositionError extends Error {
  constructor(options?: ErrorOptions) {
    super("changes since this position are not known any more", options);
    this.name = "WatchPositionError";
  }
}
