import type { KeyObject } from "node:crypto";
import type { AccessLog } from "../audit/access-log.ts";
import type { Keyring } from "../crypto/keyring.ts";
import type { Sealing } from "../keys/sealing-keys.ts";
import type { Store } from "../store/store.ts";
import type { Integrity } from "./integrity.ts";
import type { LastChanges } from "./last-changes.ts";
import type { QuotaSource } from "./quota.ts";

/** What every use case works with. */
export interface Context {
  readonly store: Store;
  readonly keyring: Keyring;
  readonly sealing: Sealing;
  /** Decrypts values in the format of old installations; undefined when they are not accepted. */
  readonly legacyKey: KeyObject | undefined;
  readonly accessLog: AccessLog;
  /** What users and tenants may have. */
  readonly quotas: QuotaSource;
  /** Takes reports of stored data that is not what the service wrote. */
  readonly integrity: Integrity;
  /** Compares rows with the log of changes. */
  readonly lastChanges: LastChanges;
  /** The key of the audit chains. */
  readonly auditKey: KeyObject;
  /** Whether a name of a tenant belongs to a token issuer. Undefined where none is trusted. */
  isReservedName?(tenant: string, name: string): boolean;
  /** Milliseconds since 1970. */
  now(): number;
}
