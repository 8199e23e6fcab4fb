import type { AuditStore } from "./audit-store.ts";
import type { IdentityStore } from "./identity-store.ts";
import type { KeyStore } from "./key-store.ts";
import type { LoginStore } from "./login-store.ts";
import type { ProcessRegistry } from "./process-registry.ts";
import type { SecretStore } from "./secret-store.ts";
import type { ServerFacts } from "./server-facts.ts";
import type { StorePart } from "./store-part.ts";
import type { StoreSpace } from "./store-space.ts";
import type { UsageStore } from "./usage-store.ts";

/**
 * Where everything is stored, in seven parts, so that each caller needs only its own part. A store holds rows and knows
 * nothing about keys, rights or plaintexts, except that it filters by visibility in the query. Every write is durable
 * before its promise resolves, and a read that starts after that sees it. Implementations refuse empty tenants and
 * keys. All methods throw `StoreError`.
 */
export interface Store
  extends SecretStore,
    IdentityStore,
    KeyStore,
    AuditStore,
    ProcessRegistry,
    UsageStore,
    LoginStore {
  /** The parts that have a row. Marks are not counted as keys. */
  usedParts(): Promise<ReadonlySet<StorePart>>;

  /** Undefined for a store without a server of its own. */
  describeServer(): Promise<ServerFacts | undefined>;

  /** Undefined when a server does not say. */
  describeSpace(): Promise<StoreSpace | undefined>;

  /**
   * Throws `StoreError` when the store cannot be read or written at the moment. Reads a little each time. Tries to
   * write only when a write failed since the last try or that is long ago, so this may be called every few seconds.
   */
  probe(): Promise<void>;

  /**
   * What was changed on the tables or collections themselves, outside the service: triggers, validators, views and the
   * like, each as a message that names it. While there is any, the store refuses to write.
   */
  changedLayout(): Promise<readonly string[]>;

  /** Waits for writes that are running, then releases everything. */
  close(): Promise<void>;
}
