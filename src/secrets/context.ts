import type { AccessLog } from "../audit/access-log.ts";
import type { Keyring } from "../crypto/keyring.ts";
import type { Store } from "../store/store.ts";

/** What every use case works with. */
export interface Context {
  readonly store: Store;
  readonly keyring: Keyring;
  readonly accessLog: AccessLog;
  /** Milliseconds since 1970. */
  now(): number;
}
