import type { AuditStore } from "./audit-store.ts";
import type { IdentityStore } from "./identity-store.ts";
import type { KeyStore } from "./key-store.ts";
import type { ProcessRegistry } from "./process-registry.ts";
import type { SecretStore } from "./secret-store.ts";
import type { ServerFacts } from "./server-facts.ts";

/**
 * Where everything is stored, as the five parts that its users need one by one. A store holds rows and knows nothing of
 * keys, rights or plaintexts, except that it filters by visibility in the query. Every write is durable before its promise
 * resolves; a read that starts after that sees it. Implementations refuse empty tenants and keys. All throw `StoreError`.
 */
export interface Store extends SecretStore, IdentityStore, KeyStore, AuditStore, ProcessRegistry {
  /** Undefined for a store without a server of its own. */
  describeServer(): Promise<ServerFacts | undefined>;

  /** Waits for writes under way, then releases everything. */
  close(): Promise<void>;
}
